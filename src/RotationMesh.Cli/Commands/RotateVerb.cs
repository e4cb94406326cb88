using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Engine.Operating;
using RotationMesh.Mesh.Embedding;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Target.Rows;
using Spectre.Console;

namespace RotationMesh.Cli.Commands;

/// <summary><c>rotate</c>: starts a rotation and follows it to its end.</summary>
internal sealed class RotateVerb : IVerb
{
    private readonly ScopeOptions scopes = new();
    private readonly GateOptions gates = new();

    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "Decrypt and re-encrypt every row for real, but write nothing",
    };

    private readonly Option<int> batchSize = new("--batch-size")
    {
        Description = $"Rows of one transaction, 1 to {RotationSettings.MaxBatchSize}",
        HelpName = "N",
        DefaultValueFactory = _ => RotationSettings.DefaultBatchSize,
    };

    private readonly Option<int?> targetVersion = new("--target-version")
    {
        Description = "Key version to bring rows to (default: the current one)",
        HelpName = "N",
    };

    private readonly Option<bool> allowDowngrade = new("--allow-downgrade")
    {
        Description = "Bring rows above the target version down to it",
    };

    private readonly Option<int> workers = new("--workers")
    {
        Description = "Partitions that are rewritten at the same time (default: processors)",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        batchSize.Validators.Add(result => Range.Check(result, 1, RotationSettings.MaxBatchSize));
        targetVersion.Validators.Add(result => Range.Check(result, 1, int.MaxValue));
        workers.Validators.Add(result => Range.Check(result, 1, 256));
        var command = new Command(
            "rotate",
            "Re-encrypt every row of the chosen scopes under the target version"
        )
        {
            dryRun,
            batchSize,
            targetVersion,
            allowDowngrade,
            workers,
        };
        scopes.AddTo(command);
        gates.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var session = new Session(parsed);
        var order = gates.Read(parsed, Order(parsed));
        var rotation = await ProgressView.FollowAsync(
            terminal.Progress,
            progress =>
                parsed.GetValue(dryRun)
                    ? session.Inspections.DryRunAsync(order, progress, stopping)
                    : RotateAsync(session, order, progress, stopping)
        );
        RotationView.ShowEnd(terminal, rotation);
        return RotationExit.CodeOf(rotation);
    }

    private static async Task<RotationDocument> RotateAsync(
        Session session,
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken stopping
    )
    {
        var request = new OrderCheck(session.Map, session.Ring).Request(order, dryRun: false);
        var report = await ProgressReports.WhileAsync(
            progress,
            now => new EmbeddedMesh(session.Parts, now).RunAsync(request, stopping)
        );
        return await session.Rotations.FindAsync(report.RotationId, CancellationToken.None);
    }

    private RotationOrder Order(ParseResult parsed) =>
        new()
        {
            Rows = scopes.Read(parsed),
            TargetVersion = parsed.GetValue(targetVersion),
            BatchSize = parsed.GetValue(batchSize),
            AllowDowngrade = parsed.GetValue(allowDowngrade),
            Workers = parsed.GetValue(workers),
            RequestedBy = Operator.Name,
            CommandLine = CommandLineText.Own,
        };
}
