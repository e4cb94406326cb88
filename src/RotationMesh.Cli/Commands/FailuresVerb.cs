using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>failures</c>: the rows that a rotation left as they are, by cause.</summary>
internal sealed class FailuresVerb : IVerb
{
    private readonly Argument<string?> id = RotationId.Argument();

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("failures", "List the rows that a rotation left as they are, by cause")
        {
            id,
        };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var failures = await operations.Rotations.ListFailuresAsync(RotationId.Read(parsed, id), stopping);
        Show(terminal.Tables, failures);
        terminal.WriteJson(failures);
        return ExitCodes.Success;
    }

    private static void Show(IAnsiConsole console, FailuresDocument failures)
    {
        console.Line($"Rotation {failures.RotationId} to version {failures.TargetVersion}: {failures.State}");
        if (failures.Total == 0)
        {
            console.Line(
                failures.State == RotationState.CompletedWithFailures
                    ? "No failed row is on record. Those of earlier rotations are kept until a later one has made them good."
                    : "No row failed."
            );
            return;
        }

        var table = TableView.Of(["Scope", "Table", "Cause"], ["Rows"]);
        foreach (var cause in failures.Causes)
            table.Add(cause.Scope, cause.Table, FailureView.Cause(cause.Error, cause.Cause), cause.Rows);
        console.Write(table);
        foreach (var failure in failures.Failures)
            console.Line(FailureView.Line(failure));
        var more = failures.Total - failures.Failures.Count;
        if (more > 0)
            console.Line($"  … and {TableView.Number(more)} more");
    }
}
