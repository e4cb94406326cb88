using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Reporting;

namespace RotationMesh.Cli.Commands;

/// <summary><c>report</c>: a rotation as a document for the security logbook or an incident.</summary>
internal sealed class ReportVerb : IVerb
{
    private readonly Argument<string?> id = RotationId.Argument();

    private readonly Option<string> format = new("--format")
    {
        Description = "Markdown, or one page of HTML that needs nothing else; --output json goes before it",
        HelpName = "md|html",
        CompletionSources = { "md", "html" },
        DefaultValueFactory = _ => "md",
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        format.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("md" or "html"))
                result.AddError("--format is neither md nor html");
        });
        var command = new Command("report", "Write a rotation as a document to standard output")
        {
            id,
            format,
        };
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var report = await operations.Reports.ReportAsync(RotationId.Read(parsed, id), stopping);
        if (terminal.IsJson)
            terminal.WriteJson(report);
        else
            await parsed.InvocationConfiguration.Output.WriteAsync(
                parsed.GetValue(format) == "html" ? Report.Html(report) : Report.Markdown(report)
            );
        return ExitCodes.Success;
    }
}
