using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Engine;
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
        await using var session = new Session(parsed);
        var doctor = new Doctor(session.Map, session.Databases, session.Formats, session.Control);
        var findings = await doctor.ExamineAsync(() => session.Ring, parsed.GetValue(scan), stopping);
        foreach (var finding in findings)
            Show(terminal.Tables, finding);
        var ready = findings.All(finding => finding.Verdict != Verdict.Bad);
        terminal.Tables.WriteLine(ready ? "Ready to rotate." : "Not ready: mend what is marked ✗ first.");
        terminal.WriteJson(new { Ok = ready, Checks = findings });
        return ready ? ExitCodes.Success : ExitCodes.Usage;
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
        console.MarkupLine(
            $"{mark} {Markup.Escape(finding.Subject)}: {Markup.Escape(finding.Message + fix)}"
        );
    }
}
