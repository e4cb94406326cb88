using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Client;
using RotationMesh.Core;
using RotationMesh.Operations;

namespace RotationMesh.Cli.Sessions;

/// <summary>
/// Gives a verb its operations: those of this process, on its map and control database, or those of a coordinator, which has
/// its own map and keys.
/// </summary>
internal sealed class OperationsSource : IAsyncDisposable
{
    private readonly Coordinator? coordinator;
    private readonly Action<string> lost = _ => { };

    /// <summary>
    /// Reads the options of a verb that looks, or that <paramref name="changes"/> something. Throws
    /// <see cref="UsageException"/> for a fault in map, address or token.
    /// </summary>
    public OperationsSource(ParseResult parsed, Terminal terminal, bool changes = false)
    {
        if (parsed.GetValue(GlobalOptions.Server) is { } server)
        {
            var address = AskedCoordinator.Read(parsed, server, changes, terminal);
            var variables = VerbVariables.Read(parsed, terminal);
            coordinator = new Coordinator(address, variables.GetSecret(ProgramVariable.Token.Name));
            lost = why => terminal.Progress.Line($"rotationmesh: {why}; trying again");
        }
        else
        {
            Here = new Session(parsed, terminal);
        }
    }

    /// <summary>Map, keys and databases of this process; null where the verb asks a coordinator.</summary>
    public Session? Here { get; }

    // Created on demand: each opens the parts that it needs.
    public IRotations Rotations =>
        coordinator is null ? Here!.Rotations : new RemoteRotations(coordinator) { Lost = lost };

    public IInspections Inspections =>
        coordinator is null ? Here!.Inspections : new RemoteInspections(coordinator);

    public IApplicationWorkers Workers =>
        coordinator is null ? Here!.Workers : new RemoteWorkers(coordinator);

    public IAuditTrail AuditTrail =>
        coordinator is null ? Here!.AuditTrail : new RemoteAuditTrail(coordinator);

    public IReports Reports => coordinator is null ? Here!.Reports : new RemoteReports(coordinator);

    public IKeyRetirement KeyRetirement =>
        coordinator is null ? Here!.KeyRetirement : new RemoteKeyRetirement(coordinator);

    public async ValueTask DisposeAsync()
    {
        coordinator?.Dispose();
        if (Here is not null)
            await Here.DisposeAsync();
    }
}
