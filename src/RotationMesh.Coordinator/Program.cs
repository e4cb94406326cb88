using RotationMesh.Mesh.Coordination;
using RotationMesh.Mesh.Services;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Service;

var program = new ServiceProgram(
    "rotationmesh-coordinator",
    "Plans rotations, gives their partitions to workers and keeps the ledger.",
    "http://127.0.0.1:8085"
)
{
    UsesControl = true,
};
return await program.RunAsync(
    args,
    (site, builder) =>
        builder
            .Services.AddParts(site)
            .AddCoordinatorMesh(site.Broker, new CoordinatorOptions(), new LedgerRules())
);
