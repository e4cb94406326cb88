using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>doctor</c>: every precondition with its fix, without starting anything.</summary>
internal sealed class DoctorVerb : IVerb
{
    private readonly Option<bool> scan = new("--scan")
    {
        Description = "Sample columns that the map does not name, and list those that seem to hold envelopes",
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("doctor", "Check map, keys, databases and tables; writes nothing") { scan };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var found = await operations.Inspections.ExamineAsync(parsed.GetValue(scan), stopping);
        foreach (var finding in found.Checks)
            Show(terminal.Tables, finding);
        terminal.Tables.Line(found.Ok ? "Ready to rotate." : "Not ready: mend what is marked ✗ first.");
        terminal.WriteJson(found);
        return ExitCode(found);
    }

    private static int ExitCode(DoctorDocument found)
    {
        var bad = found.Checks.Where(finding => finding.Verdict == Verdict.Bad).ToList();
        return bad.Count == 0 ? ExitCodes.Success
            : bad.All(finding =>
                finding.Subject.StartsWith(DoctorDocument.GateSubject, StringComparison.Ordinal)
            )
                ? ExitCodes.Gate
            : ExitCodes.Usage;
    }

    private static void Show(IAnsiConsole console, Finding finding)
    {
        var mark = finding.Verdict switch
        {
            Verdict.Good => "[green]✓[/]",
            Verdict.Warning => "[yellow]![/]",
            _ => "[red]✗[/]",
        };
        var fix = finding.Fix is null ? "" : $"; {finding.Fix}";
        console.Line(mark, $"{finding.Subject}: {finding.Message}{fix}");
    }
}
