using System.CommandLine;
using System.Globalization;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations.Documents;

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
        var asked = RotationId.Read(parsed, id);
        var found = await operations.Rotations.FindAsync(asked, stopping);
        if (asked is null)
            terminal.Progress.Line(Taken(found));
        var ended = await Following.ToTheEndAsync(operations.Rotations, found.RotationId, terminal, stopping);
        RotationView.ShowEnd(terminal, ended);
        return RotationExit.CodeOf(ended);
    }

    // Without an id, whoever means another one has to see which one the exit code is of.
    private static string Taken(RotationDocument latest) =>
        latest.EndedAt is { } ended
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Rotation {latest.RotationId}, the latest, ended {ended:u}: nothing was followed"
            )
        : RotationDocuments.IsLast(latest)
            ? $"Rotation {latest.RotationId}, the latest, is {latest.State}: nothing was followed"
        : $"Following rotation {latest.RotationId}, the latest";
}
