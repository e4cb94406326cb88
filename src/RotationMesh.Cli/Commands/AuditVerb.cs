using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Cli.Commands;

/// <summary>
/// <c>audit</c>: what was done, and by whom; <c>audit verify</c> checks the hash chain, <c>audit export</c> writes all events.
/// </summary>
internal sealed class AuditVerb : IVerb
{
    private readonly Argument<string?> id = new("ID")
    {
        Description = "Only events of this rotation (default: the newest of all)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> expect = new("--expect")
    {
        Description = "An event that was noted before, hash or sequence:hash: it has to be in the log",
        HelpName = "HASH",
    };

    private readonly Option<string> format = new("--format")
    {
        Description = "Lines of JSON: jsonl (default; with --output json one document, unless it is given)",
        HelpName = "jsonl",
        CompletionSources = { "jsonl" },
        DefaultValueFactory = _ => "jsonl",
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        format.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() != "jsonl")
                result.AddError("--format is not jsonl");
        });
        var command = new Command("audit", "Show the audit log: what was done, when and by whom") { id };
        command.SetAction((parsed, _) => ListAsync(parsed, terminal(parsed), stopping));
        var verify = new Command("verify", "Check the hash chain of the audit log") { expect };
        verify.SetAction((parsed, _) => VerifyAsync(parsed, terminal(parsed), stopping));
        var export = new Command("export", "Write every event to standard output, one line each") { format };
        export.SetAction((parsed, _) => ExportAsync(parsed, terminal(parsed), stopping));
        command.Subcommands.Add(verify);
        command.Subcommands.Add(export);
        return command;
    }

    private async Task<int> ListAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var rotation = RotationId.Read(parsed, id);
        var audit = await operations.AuditTrail.ListAsync(rotation, stopping);
        var table = TableView.Of(["Event", "Time", "By", "Rotation", "What"], []);
        foreach (var written in audit.Events)
            table.Add(
                written.Sequence.ToString(CultureInfo.InvariantCulture),
                written.RecordedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                written.Actor,
                written.RotationId?.ToString() ?? "",
                AuditText.Of(written)
            );
        terminal.Tables.Write(table);
        if (audit.More > 0)
            terminal.Tables.Line(
                $"{TableView.Number(audit.More)} {(rotation is null ? "are older" : "in the middle are left out")}: audit export has them"
            );
        terminal.WriteJson(audit);
        return ExitCodes.Success;
    }

    private async Task<int> VerifyAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var verdict = await operations.AuditTrail.VerifyAsync(parsed.GetValue(expect), stopping);
        foreach (var fault in verdict.Faults)
            terminal.Tables.Line(
                fault.Sequence is null ? fault.Problem : $"event {fault.Sequence} {fault.Problem}"
            );
        foreach (var left in verdict.Unchecked)
            terminal.Tables.Line(left);
        if (verdict.BrokenAt is { } broken)
            terminal.Tables.Line(
                $"The chain first breaks at event {broken}: {(verdict.VouchedUpTo == 0 ? "nothing of it is proved" : $"it is proved up to event {verdict.VouchedUpTo}")}, and no later code vouches across the break"
            );
        if (verdict is { Ok: true, KeyedFrom: { } from })
            terminal.Tables.Line(
                from == 1
                    ? "Every event is keyed"
                    : $"Keyed from event {from} on; those before it are from before the log was keyed"
            );
        terminal.Tables.Line(
            verdict.Ok
                ? $"{TableView.Number(verdict.Events)} events, one unbroken chain. Note the newest: {verdict.Anchor ?? "there is none"}"
            : verdict.FaultCount == 0
                ? $"Nobody vouches for the audit log: {TableView.Number(verdict.Events)} events, {(verdict.BrokenAt is null ? "one chain" : "more than one chain")}, and who wrote it can't be told"
            : $"The audit log was tampered with: {TableView.Number(verdict.FaultCount)} faults in {TableView.Number(verdict.Events)} events"
        );
        terminal.WriteJson(verdict);
        return verdict.Ok ? ExitCodes.Success : ExitCodes.RowsLeft;
    }

    private async Task<int> ExportAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var lines = operations.AuditTrail.ExportAsync(stopping);
        if (terminal.IsJson && parsed.GetResult(format) is not { Implicit: false })
        {
            // Only the JSON lines keep the details' text as it was hashed; one document formats it anew.
            var events = new List<JsonNode?>();
            await foreach (var line in lines)
                events.Add(JsonNode.Parse(line));
            terminal.WriteJson(new { events });
            return ExitCodes.Success;
        }

        var output = parsed.InvocationConfiguration.Output;
        await foreach (var line in lines)
            await output.WriteAsync($"{line}\n");
        return ExitCodes.Success;
    }
}
