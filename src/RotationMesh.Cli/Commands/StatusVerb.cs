using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;

namespace RotationMesh.Cli.Commands;

/// <summary><c>status</c>: one rotation as it is now.</summary>
internal sealed class StatusVerb : IVerb
{
    private readonly Argument<string?> id = RotationId.Argument();

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("status", "Show a rotation as it is now") { id };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var rotation = await operations.Rotations.FindAsync(RotationId.Read(parsed, id), stopping);
        RotationView.Show(terminal.Tables, rotation);
        terminal.WriteJson(rotation);
        return ExitCodes.Success;
    }
}
