using System.Text.Json;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Gates;

namespace RotationMesh.Embedding;

/// <summary>Finds embedded rotations whose process is gone: the next run of the same request continues them.</summary>
internal sealed class AbandonedRotations(MeshParts parts)
{
    private readonly RotationDatabases places = new(parts.Map, parts.Databases, parts.Control);

    /// <summary>
    /// Holds an abandoned rotation of the same request or, where there is none, the wanted one, until the hold is disposed of.
    /// A living process holds its own rotation, so a rotation that can be held here was abandoned.
    /// </summary>
    public async Task<(RunningRotation Rotation, HeldWork Held)> ClaimAsync(
        RunningRotation wanted,
        GateTerms gates,
        CancellationToken cancellationToken
    )
    {
        var guard = new RotationGuard(parts.Control);
        var running = new RunningRotations(parts.Control);
        foreach (var found in await running.FindEmbeddedAsync(wanted, cancellationToken))
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
                    && now with { BatchSize = wanted.BatchSize } is var abandoned
                    && await TryTakeOverAsync(abandoned, gates, cancellationToken)
                )
                    return (abandoned, held);
            }
            catch
            {
                await held.DisposeAsync();
                throw;
            }

            await held.DisposeAsync(); // the next rotation that claims its tables cancels it
        }

        var own = await guard.TryHoldAsync(RotationGuard.Run, wanted.RotationId, cancellationToken);
        return (wanted, own!);
    }

    private async Task<bool> TryTakeOverAsync(
        RunningRotation abandoned,
        GateTerms gates,
        CancellationToken cancellationToken
    )
    {
        if (await places.ExplainOtherAsync(abandoned.RotationId, cancellationToken) is not null)
            return false;
        await TakeOverAsync(abandoned, cancellationToken);
        var own = On(abandoned, gates);
        return await new RunningRotations(parts.Control).SealAsync(
            own,
            RotationSeals.SealOf(parts.Ring, own),
            cancellationToken
        );
    }

    private static RunningRotation On(RunningRotation rotation, GateTerms terms) =>
        rotation with
        {
            PauseWorkers = terms.PauseWorkers,
            IgnoredGates = JsonSerializer.Serialize(terms.Ignored),
            SnapshotTakenAt = terms.SnapshotTakenAt?.UtcDateTime,
        };

    /// <summary>Expires the leases of a rotation's workers, which died with the process that ran it.</summary>
    public Task TakeOverAsync(RunningRotation rotation, CancellationToken cancellationToken) =>
        new PartitionLeases(parts.Control).ExpireAsync(rotation.RotationId, cancellationToken);
}
