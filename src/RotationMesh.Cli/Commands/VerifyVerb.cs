using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core.Map;
using RotationMesh.Operations;

namespace RotationMesh.Cli.Commands;

/// <summary><c>verify</c>: decrypts every row, or a sample, under the version that it claims.</summary>
internal sealed class VerifyVerb : IVerb
{
    private readonly ScopeOptions scopes = new();

    private readonly Option<string?> sample = new("--sample")
    {
        Description =
            "Decrypt about this share of the rows, such as 5%, and at least about 100 of every table",
        HelpName = "P%",
    };

    private readonly Option<int> workers = new("--workers")
    {
        Description = "Partitions that are decrypted at the same time (default: processors)",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        sample.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Share(token.Value) is null)
                result.AddError(
                    $"--sample is '{token.Value}': it must be a percentage above 0 up to 100, such as 5%"
                );
        });
        workers.Validators.Add(result => NumberRange.Check(result, 1, OrderBounds.MaxWorkers));
        var command = new Command(
            "verify",
            "Decrypt every row under the version that it claims; writes nothing"
        )
        {
            sample,
            workers,
        };
        scopes.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal);
        var share = parsed.GetValue(sample) is { } text ? Share(text) : null;
        var order = new VerificationOrder
        {
            Rows = scopes.Read(parsed),
            Share = share,
            Workers = parsed.GetResult(workers) is { Implicit: false } ? parsed.GetValue(workers) : null,
        };
        var report = await ProgressView.FollowAsync(
            terminal.Progress,
            progress => operations.Inspections.VerifyAsync(order, progress, stopping)
        );
        VerificationView.Show(terminal, report);
        return report.Ok ? ExitCodes.Success : ExitCodes.RowsLeft;
    }

    private static double? Share(string text) =>
        SampleShare.TryParse(text.EndsWith('%') ? text.AsSpan()[..^1] : text);
}
