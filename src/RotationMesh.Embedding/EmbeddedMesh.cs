using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Bus;
using RotationMesh.Bus.Topology;
using RotationMesh.Contracts;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;
using RotationMesh.Coordination.Saga;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Requests;
using RotationMesh.Operations;
using RotationMesh.Working;

namespace RotationMesh.Embedding;

/// <summary>
/// Runs a rotation in this process: the same saga, coordinator and workers as in the mesh, over the in-memory transport.
/// All state is in the database, so the next run of the same request continues a run that was killed.
/// </summary>
public sealed class EmbeddedMesh(MeshParts parts, RotationProgress progress)
{
    /// <summary>
    /// Partitions queued for each worker: the next one is at hand, and little has to be sent again after a crash.
    /// </summary>
    private const int WindowPerWorker = 4;

    /// <summary>
    /// Rules with a short time until an attempt's write deadline: partitions wait for no other process here, and a run that
    /// continues a killed one waits this long.
    /// </summary>
    private static readonly LedgerRules Rules = new() { WriteTime = TimeSpan.FromSeconds(15) };

    /// <summary>Time that a coordinator's step has to end by itself when the process stops.</summary>
    private static readonly TimeSpan ConsumerStopTimeout = TimeSpan.FromMilliseconds(500);

    private readonly RotationGuard guard = new(parts.Control);
    private readonly AbandonedRotations abandoned = new(parts);
    private readonly Surveyor surveyor = new(parts.Map, parts.Databases, parts.Schema);

    /// <summary>Settable so that tests need not wait, and can look into the bus.</summary>
    internal Action<IBusRegistrationConfigurator> Configure { get; init; } = _ => { };

    internal TimeSpan Nudge { get; init; } = new CoordinatorOptions().Nudge;

    internal TimeSpan WriterTimeout { get; init; } = new CoordinatorOptions().WriterTimeout;

    /// <summary>Longest wait for something that is gone, such as a table of the map; then the rotation is paused.</summary>
    public TimeSpan Patience { get; init; } = new CoordinatorOptions().Patience;

    /// <summary>Called with the rotation's id and its host, once the host has started.</summary>
    internal Action<Guid, MeshHost> Started { get; init; } = (_, _) => { };

    /// <summary>
    /// Runs the order to its end, or to the end of the batches in hand after <paramref name="stopping"/>. Waits for a
    /// database that does not answer, unless none answers at the start. Throws <see cref="GateClosedException"/> before any
    /// row is rewritten where a gate does not hold; <see cref="UsageException"/> where map, keys, tenants or schema do not
    /// fit, or another rotation is at the same rows; and <see cref="RotationTakenOverException"/> where another process has
    /// taken the rotation over.
    /// </summary>
    public async Task<RotationReport> RunAsync(StartRotation order, int workers, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(order);
        Options(workers).EnsureValid(); // before anything is claimed or paused
        await using var watch = Watch(order.Scopes);
        await new EmbeddedPreflight(parts, surveyor, abandoned).EnsureAsync(
            order,
            workers,
            crowd => progress.Reason = crowd,
            stopping
        );
        var entrance = new GateEntrance(parts.Map, parts.Gates, parts.Control)
        {
            Waiting = lost =>
                (progress.Phase, progress.Reason) = (RotationState.AwaitingGates, lost.ToString()),
        };
        if (!order.PauseWorkers)
            await entrance.EnsureOpenAsync(order, stopping);
        await parts.Control.MigrateAsync(stopping);
        var (rotation, held) =
            await abandoned.TryClaimAsync(order, stopping) ?? await BeginAsync(order.RotationId, stopping);
        await using var hold = Hold(rotation.RotationId, held);
        var start = order with { RotationId = rotation.RotationId, Embedded = true };
        if (order.PauseWorkers)
            await entrance.PauseAndEnsureOpenAsync(start, stopping);
        (progress.Phase, progress.Reason) = (RotationState.Checking, null);
        object command =
            rotation.State == RotationState.Paused
                ? new ResumeRotation(rotation.RotationId, order.RequestedBy)
                : start;
        return await RunAsync(rotation, hold, command, workers, order.RequestedBy, stopping);
    }

    /// <summary>
    /// Does what an operator asks of an embedded rotation whose process is gone, and follows it to its end or pause. Null
    /// where the rotation is not embedded, or its process lives and does it itself.
    /// </summary>
    public async Task<RotationReport?> TryControlAsync(
        RunningRotation rotation,
        ControlOrder order,
        int workers,
        CancellationToken stopping
    )
    {
        ArgumentNullException.ThrowIfNull(rotation);
        ArgumentNullException.ThrowIfNull(order);
        if (!rotation.Embedded)
            return null;
        Options(workers).EnsureValid();
        if (await guard.TryHoldAsync(RotationGuard.Run, rotation.RotationId, stopping) is not { } held)
            return null;
        await using var hold = Hold(rotation.RotationId, held);
        await using var watch = Watch(rotation.Scopes);
        ControlRules.EnsureAllowed(rotation, order, parts.Map);
        if (order.Action != ControlAction.Cancel && !RotationSeals.IsSound(parts.Ring, rotation))
            throw new RotationStateException($"rotation {rotation.RotationId}: {RotationSeals.Fault}");
        await abandoned.TakeOverAsync(rotation, stopping);
        var command = ControlRules.Command(rotation.RotationId, order);
        return await RunAsync(rotation, hold, command, workers, order.RequestedBy, stopping);
    }

    private async Task<(RunningRotation Rotation, HeldWork Held)> BeginAsync(
        Guid rotationId,
        CancellationToken stopping
    ) =>
        await guard.TryHoldAsync(RotationGuard.Run, rotationId, stopping) is { } held
            ? (new RunningRotation { RotationId = rotationId }, held)
            : throw new RotationTakenOverException(rotationId);

    private ProgressWatch Watch(IReadOnlyCollection<string> scopes) =>
        new(
            progress,
            new Standstill(parts.Control, parts.Map, parts.Databases),
            parts.Map.Tables.Where(entry => scopes.Contains(entry.Scope)).Select(entry => entry.Database)
        );

    private RunHold Hold(Guid rotationId, HeldWork held) => new(guard, rotationId, held);

    private async Task<RotationReport> RunAsync(
        RunningRotation rotation,
        RunHold hold,
        object command,
        int workers,
        string requestedBy,
        CancellationToken stopping
    )
    {
        progress.RotationId = rotation.RotationId;
        await using var host = await MeshHost.StartAsync(Services(rotation.RotationId, workers), stopping);
        Started(rotation.RotationId, host);
        await ControlAsync(host, rotation.RotationId, command);
        var follower = new RotationFollower(parts.Control, progress);
        var ended = await follower.FollowAsync(
            rotation,
            () => CancelAsync(host, rotation, requestedBy),
            () => HaltAsync(host),
            () => hold.IsTaken,
            stopping
        );
        if (ended.State == RotationState.Faulted)
            throw new UsageException(ended.Reason ?? "the rotation can't go on");
        return await new RotationReader(parts.Control, parts.Map, parts.Ring).ReadAsync(
            ended,
            CancellationToken.None
        );
    }

    private CoordinatorOptions Options(int workers) =>
        new()
        {
            Nudge = Nudge,
            WriterTimeout = WriterTimeout,
            Patience = Patience,
            Window = workers * WindowPerWorker,
            WindowOfDatabase = workers * WindowPerWorker,
        };

    private ServiceCollection Services(Guid rotationId, int workers)
    {
        var services = new ServiceCollection();
        parts.AddTo(services).AddSingleton(surveyor).AddSingleton<FailureBackpressure>();
        services.AddMassTransit(bus =>
        {
            bus.UseInMemory();
            bus.AddCoordinator(Options(workers) with { Only = rotationId }, Rules);
            bus.AddWorker(
                new WorkerOptions
                {
                    Concurrency = Math.Min(workers, WorkerOptions.MaxConcurrency), // there may be more processors
                    Rotated = progress.Add,
                    Verified = progress.AddVerified,
                }
            );
            Configure(bus);
        });
        // The operator who stops it watches, so it does not wait for reads that nobody needs any more: they may wait for a lock.
        services.Configure<MassTransitHostOptions>(options =>
            options.ConsumerStopTimeout = ConsumerStopTimeout
        );
        return services;
    }

    private async Task ControlAsync(MeshHost host, Guid rotationId, object command)
    {
        var now = await new RunningRotations(parts.Control).FindAsync(rotationId, CancellationToken.None);
        await host.ControlAsync(HandledControls.After(command, now?.Steerings ?? []), CancellationToken.None);
    }

    private async Task CancelAsync(MeshHost host, RunningRotation rotation, string requestedBy)
    {
        await ControlAsync(host, rotation.RotationId, new CancelRotation(rotation.RotationId, requestedBy));
        await HaltAsync(host);
    }

    private static Task HaltAsync(MeshHost host) =>
        host.Services.GetRequiredService<WorkerStop>().StopAsync(CancellationToken.None);
}
