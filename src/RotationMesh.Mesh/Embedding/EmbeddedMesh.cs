using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Engine;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Mesh.Topology;
using RotationMesh.Mesh.Working;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Mesh.Embedding;

/// <summary>
/// Runs a rotation in this process: the same saga, coordinator and workers as in the mesh, over the in-memory transport.
/// All that lasts is in the database, so a run that was killed is gone on with by the next one of the same request.
/// </summary>
public sealed class EmbeddedMesh(MeshParts parts, RotationProgress progress)
{
    /// <summary>
    /// Partitions queued for each worker: the next one is at hand, and little has to be sent again after a crash.
    /// </summary>
    private const int WindowPerWorker = 4;

    private const string Run = "run";

    /// <summary>Settable so that tests need not wait, and can look into the bus.</summary>
    internal Action<IBusRegistrationConfigurator> Configure { get; init; } = _ => { };

    internal LedgerRules Rules { get; init; } = new();

    internal TimeSpan Nudge { get; init; } = new CoordinatorOptions().Nudge;

    /// <summary>Hears the id as soon as it is known.</summary>
    internal Action<Guid, MeshHost> Started { get; init; } = (_, _) => { };

    /// <summary>
    /// Runs the request to its end, or to the end of the batches in hand after <paramref name="stopping"/>. Throws
    /// <see cref="UsageException"/> before anything is written where map, keys, tenants or schema do not fit, or another
    /// rotation is at the same rows. A database that does not answer is waited for.
    /// </summary>
    public async Task<RotationReport> RunAsync(RotationRequest request, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Settings.DryRun)
            throw new ArgumentException(
                "a dry run leaves nothing behind, so it has no saga",
                nameof(request)
            );
        await parts.Control.MigrateAsync(stopping);
        var wanted = Wanted(request);
        var (rotation, running) = await ClaimAsync(wanted, stopping);
        await using var alive = running;
        await using var host = await MeshHost.StartAsync(Services(rotation.RotationId, request), stopping);
        Started(rotation.RotationId, host);
        if (rotation.State == "Paused")
            await host.SteerAsync(new ResumeRotation(rotation.RotationId, Requester), stopping);
        else
            await host.SteerAsync(Start(rotation), stopping);
        var follower = new RotationFollower(parts.Control, progress);
        var ended = await follower.FollowAsync(
            rotation.RotationId,
            rotation.State == "Paused",
            () => CancelAsync(host, rotation),
            stopping
        );
        if (ended.State == "Faulted")
            throw new UsageException(ended.Reason ?? "the rotation can't go on");
        return await new ReportReader(parts).ReadAsync(ended);
    }

    private static string Requester => Environment.UserName;

    private ServiceCollection Services(Guid rotationId, RotationRequest request)
    {
        var services = new ServiceCollection();
        parts.AddTo(services);
        var window = request.Workers * WindowPerWorker;
        services.AddMassTransit(bus =>
        {
            bus.UseInMemory();
            bus.AddCoordinator(
                new CoordinatorOptions
                {
                    Only = rotationId,
                    Nudge = Nudge,
                    Window = window,
                    WindowOfDatabase = window,
                },
                Rules
            );
            bus.AddWorker(
                new WorkerOptions
                {
                    Concurrency = request.Workers,
                    Rotated = progress.Add,
                    Verified = progress.AddVerified,
                }
            );
            Configure(bus);
        });
        return services;
    }

    // A rotation whose process lives is held by it; one that can be held here was abandoned.
    private async Task<(RunningRotation Rotation, IAsyncDisposable Held)> ClaimAsync(
        RunningRotation wanted,
        CancellationToken cancellationToken
    )
    {
        var guard = new RotationGuard(parts.Control.Source);
        var running = new RunningRotations(parts.Control.Source);
        foreach (var abandoned in await running.FindEmbeddedAsync(wanted, cancellationToken))
        {
            if (await guard.TryHoldAsync(Run, abandoned.RotationId, cancellationToken) is not { } held)
                continue;
            await new PartitionLeases(parts.Control.Source).ExpireAsync(
                abandoned.RotationId,
                cancellationToken
            );
            return (abandoned with { BatchSize = wanted.BatchSize }, held);
        }

        var own = await guard.TryHoldAsync(Run, wanted.RotationId, cancellationToken);
        return (wanted, own!);
    }

    private static async Task CancelAsync(MeshHost host, RunningRotation rotation)
    {
        await host.SteerAsync(new CancelRotation(rotation.RotationId, Requester), CancellationToken.None);
        await host.Services.GetRequiredService<WorkerStop>().StopAsync(CancellationToken.None);
    }

    private RunningRotation Wanted(RotationRequest request)
    {
        var version = request.Settings.Target.Version;
        if (!parts.Ring.TryGet(version, out var key))
            throw new UsageException($"the key ring has no key of version {version}");
        return new RunningRotation
        {
            RotationId = Guid.CreateVersion7(),
            Scopes = [.. request.Scopes.Select(scope => scope.Name)],
            Tenants = request.Tenants is { Count: > 0 } tenants ? [.. tenants] : null,
            TargetVersion = version,
            TargetFingerprint = key.Fingerprint,
            MapHash = MapHash.Of(parts.Map),
            BatchSize = request.Settings.BatchSize,
            AllowDowngrade = request.Settings.Target.AllowDowngrade,
        };
    }

    private static StartRotation Start(RunningRotation rotation) =>
        new()
        {
            RotationId = rotation.RotationId,
            Scopes = rotation.Scopes,
            Tenants = rotation.Tenants ?? [],
            TargetVersion = rotation.TargetVersion,
            TargetFingerprint = rotation.TargetFingerprint,
            MapHash = rotation.MapHash,
            BatchSize = rotation.BatchSize,
            AllowDowngrade = rotation.AllowDowngrade,
            Embedded = true,
            RequestedBy = Requester,
        };
}
