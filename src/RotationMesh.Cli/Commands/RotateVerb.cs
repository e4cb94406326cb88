using System.CommandLine;
using System.Diagnostics;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Core;
using RotationMesh.LocalOperations;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Cli.Commands;

/// <summary><c>rotate</c>: starts a rotation and follows it to its end.</summary>
internal sealed class RotateVerb : IVerb
{
    private readonly ScopeOptions scopes = new();
    private readonly GateOptions gates = new();

    /// <summary>Longest wait for the check of a detached rotation to end.</summary>
    private static readonly TimeSpan FirstWords = TimeSpan.FromSeconds(2);

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

    private readonly Option<string?> verify = new("--verify")
    {
        Description =
            "What is decrypted again: counts (nothing), sample:N%, or full (default: full below 1,000,000 rows)",
        HelpName = "HOW",
    };

    private readonly Option<bool> detach = new("--detach")
    {
        Description = "With a coordinator: start the rotation, print its id and leave it to itself",
    };

    private readonly Option<Guid?> chosenId = ChosenId.Option();

    private readonly Option<TimeSpan?> patience = PatienceOption.Build();

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        batchSize.Validators.Add(result => NumberRange.Check(result, 1, RotationSettings.MaxBatchSize));
        targetVersion.Validators.Add(result => NumberRange.Check(result, 1, int.MaxValue));
        workers.Validators.Add(result => NumberRange.Check(result, 1, OrderBounds.MaxWorkers));
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
            verify,
            detach,
            chosenId,
            patience,
        };
        scopes.AddTo(command);
        gates.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        var isDry = parsed.GetValue(dryRun);
        await using var operations = new OperationsSource(parsed, terminal, changes: !isDry);
        var here = operations.Here;
        if (here is not null)
            here.WaitsForLocks = here.PrimaryOnly = !isDry;
        var order = gates.Read(parsed, Order(parsed, terminal));
        var waits = PatienceOption.Read(parsed, patience, here);
        var isDetached = parsed.GetValue(detach);
        if (isDetached && (here is not null || isDry))
            throw new UsageException(
                "--detach leaves a rotation to a coordinator: give --server, and no --dry-run"
            );
        if (order.RotationId is not null && (here is not null || isDry))
            throw new UsageException(
                "--id is for a rotation that a coordinator runs: give --server, and no --dry-run"
            );
        if (order.RotationId is { } id)
            await TellIfKnownAsync(operations.Rotations, id, terminal, stopping);
        if (isDetached)
            return await DetachAsync(operations.Rotations, order, terminal, stopping);
        var rotation =
            isDry ? await TryOutAsync(operations.Inspections, order, terminal, stopping)
            : here is not null ? await RotateHereAsync(here, order, waits, terminal, stopping)
            : await RotateThereAsync(operations.Rotations, order, terminal, stopping);
        RotationView.ShowEnd(terminal, rotation);
        if (here is not null)
            await CopyView.ShowAsync(terminal.Tables, here.Map, here.Databases, rotation);
        return RotationExit.CodeOf(rotation);
    }

    // Whoever asks again by the same id has to see that nothing begins.
    private static async Task TellIfKnownAsync(
        IRotations rotations,
        Guid id,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        try
        {
            _ = await rotations.FindAsync(id, stopping);
            terminal.Progress.Line(
                $"Rotation {id} was asked for before: it is followed if the same is asked for"
            );
        }
        catch (UnknownRotationException)
        {
            // It begins now.
        }
    }

    private static Task<RotationDocument> TryOutAsync(
        IInspections inspections,
        RotationOrder order,
        Terminal terminal,
        CancellationToken stopping
    ) =>
        ProgressView.FollowAsync(
            terminal.Progress,
            progress => inspections.DryRunAsync(order, progress, stopping)
        );

    private static async Task<RotationDocument> RotateThereAsync(
        IRotations rotations,
        RotationOrder order,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        var id = await rotations.StartAsync(order, stopping);
        return RotationExit.Unfaulted(await Following.ToTheEndAsync(rotations, id, terminal, stopping));
    }

    private static async Task<int> DetachAsync(
        IRotations rotations,
        RotationOrder order,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        var id = await rotations.StartAsync(order, stopping);
        var begun = RotationExit.Unfaulted(await HearAsync(rotations, id, stopping));
        terminal.Tables.Line($"Rotation {id} is asked for: rotationmesh watch {id} follows it");
        terminal.WriteJson(begun);
        return ExitCodes.Success;
    }

    // Reports faults that the check finds at once, such as another rotation of the same rows, before the program ends.
    private static async Task<RotationDocument> HearAsync(
        IRotations rotations,
        Guid id,
        CancellationToken stopping
    )
    {
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        listening.CancelAfter(FirstWords);
        try
        {
            await foreach (var now in rotations.FollowAsync(id, listening.Token))
                if (now.State != RotationState.Checking)
                    return now;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The check takes longer; watch shows how it ends.
        }

        return await rotations.FindAsync(id, stopping);
    }

    private static async Task<RotationDocument> RotateHereAsync(
        Session session,
        RotationOrder order,
        TimeSpan waits,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        var start = new OrderCheck(session.Map, session.Ring).Check(order);
        var workers = order.Workers ?? Environment.ProcessorCount;
        var report = await Following.HereAsync(
            session,
            waits,
            terminal,
            mesh => mesh.RunAsync(start, workers, stopping)
        );
        return await session.Rotations.FindAsync(report.RotationId, CancellationToken.None);
    }

    private RotationOrder Order(ParseResult parsed, Terminal terminal) =>
        new()
        {
            RotationId = parsed.GetValue(chosenId),
            Rows = scopes.Read(parsed),
            TargetVersion = parsed.GetValue(targetVersion),
            BatchSize = parsed.GetValue(batchSize),
            AllowDowngrade = parsed.GetValue(allowDowngrade),
            Workers = parsed.GetResult(workers) is { Implicit: false } ? parsed.GetValue(workers) : null,
            Verify = parsed.GetValue(verify),
            RequestedBy = Operator.Name,
            CommandLine = terminal.CommandLine,
            TraceParent = Activity.Current?.Id,
        };
}
