using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;

namespace RotationMesh.Cli.Commands;

/// <summary><c>watch</c>: follows a rotation to its end; the exit code is the rotation's.</summary>
internal sealed class WatchVerb : IVerb
{
    private readonly Argument<string?> id = RotationId.Argument();

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("watch", "Follow a rotation until it ends") { id };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var found = await operations.Rotations.FindAsync(RotationId.Read(parsed, id), stopping);
        var ended = await Following.ToTheEndAsync(operations.Rotations, found.RotationId, terminal, stopping);
        RotationView.ShowEnd(terminal, ended);
        return RotationExit.CodeOf(ended);
    }
}
