using System.Text.Json;
using RotationMesh.Contracts;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;

namespace RotationMesh.Embedding;

/// <summary>Finds embedded rotations whose process is gone: the next run of the same request continues them.</summary>
internal sealed class AbandonedRotations(MeshParts parts)
{
    private readonly RotationGuard guard = new(parts.Control);
    private readonly RunningRotations running = new(parts.Control);
    private readonly RotationDatabases places = new(parts.Map, parts.Databases, parts.Control);

    /// <summary>
    /// Whether a rotation of the same request is there that could be continued. It reads the control schema as it is, if
    /// there is one: nothing is written.
    /// </summary>
    public async Task<bool> IsThereAsync(StartRotation order, CancellationToken cancellationToken) =>
        await parts.Control.ExistsAsync(cancellationToken)
        && (await FindAsync(order, cancellationToken)).Any(found => RotationSeals.IsSound(parts.Ring, found));

    /// <summary>
    /// Takes over an abandoned rotation of the same request, and holds it until the hold is disposed of; null where there is
    /// none. A living process holds its own rotation, so a rotation that can be held here was abandoned.
    /// </summary>
    public async Task<(RunningRotation Rotation, HeldWork Held)?> TryClaimAsync(
        StartRotation order,
        CancellationToken cancellationToken
    )
    {
        foreach (var found in await FindAsync(order, cancellationToken))
        {
            if (
                await guard.TryHoldAsync(RotationGuard.Run, found.RotationId, cancellationToken)
                is not { } held
            )
                continue;
            try
            {
                // Its process may have ended it just before it was held here.
                if (
                    await running.FindAsync(found.RotationId, cancellationToken) is { EndedAt: null } now
                    && RotationSeals.IsSound(parts.Ring, now)
                    && await TryTakeOverAsync(now, order, cancellationToken)
                )
                    return (now, held);
            }
            catch
            {
                await held.DisposeAsync();
                throw;
            }

            await held.DisposeAsync(); // the next rotation that claims its tables cancels it
        }

        return null;
    }

    private Task<IReadOnlyList<RunningRotation>> FindAsync(
        StartRotation order,
        CancellationToken cancellationToken
    ) =>
        running.FindEmbeddedAsync(
            new RunningRotation
            {
                Scopes = [.. order.Scopes],
                Tenants = order.Tenants.Count == 0 ? null : [.. order.Tenants],
                TargetVersion = order.TargetVersion,
                TargetFingerprint = order.TargetFingerprint,
                MapHash = order.MapHash,
                AllowDowngrade = order.AllowDowngrade,
                Verify = order.Verify,
            },
            cancellationToken
        );

    private async Task<bool> TryTakeOverAsync(
        RunningRotation abandoned,
        StartRotation order,
        CancellationToken cancellationToken
    )
    {
        if (await places.ExplainOtherAsync(abandoned.RotationId, cancellationToken) is not null)
            return false;
        await TakeOverAsync(abandoned, cancellationToken);
        var own = abandoned with
        {
            RequestedBy = order.RequestedBy, // the terms are this operator's
            BatchSize = order.BatchSize,
            PauseWorkers = order.PauseWorkers,
            IgnoredGates = JsonSerializer.Serialize(order.IgnoredGates),
            SnapshotTakenAt = order.SnapshotTakenAt?.UtcDateTime,
        };
        return await running.SealAsync(own, RotationSeals.SealOf(parts.Ring, own), cancellationToken);
    }

    /// <summary>Expires the leases of a rotation's workers, which died with the process that ran it.</summary>
    public Task TakeOverAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        new PartitionLeases(parts.Control).ExpireAsync(rotation.RotationId, cancellationToken);
}
