using RotationMesh.Api;
using RotationMesh.Api.Access;
using RotationMesh.Control.Ledger;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;
using RotationMesh.Coordinator;
using RotationMesh.Service;

var program = new ServiceProgram(
    "rotationmesh-coordinator",
    "Plans rotations, gives their partitions to workers, keeps the ledger, and answers operators over HTTP.",
    "http://127.0.0.1:8085"
)
{
    UsesControl = true,
};
program.Add(CoordinatorOption.TokensFile);
program.Add(CoordinatorOption.Patience);
return await program.RunAsync(
    args,
    (site, builder) =>
        builder
            .Services.AddControl(site)
            .AddParts(site)
            .AddOperations()
            .AddOperationsApi(ApiAccess.At(site.Listen, site.Value(CoordinatorOption.TokensFile)))
            .AddCoordinatorMesh(
                site.Broker,
                new CoordinatorOptions { Patience = site.Value(CoordinatorOption.Patience) },
                new LedgerRules()
            ),
    (_, app) => app.UseOperationsApi()
);
