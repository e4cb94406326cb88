using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Gates;
using RotationMesh.Operations;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations;

/// <summary>Checks what an operator asks for against map and key ring, before anything is read or written.</summary>
public sealed class OrderCheck(RotationMap map, KeyRing ring)
{
    /// <summary>
    /// Returns the command that starts the rotation, under the order's own id or a new one; a dry run takes the same. Throws
    /// <see cref="UsageException"/> for an unknown scope or gate, a version that the key ring lacks or whose key
    /// another version has too, a batch size out of bounds, or an option that the map gives no ground for.
    /// </summary>
    public StartRotation Check(RotationOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var target = order.TargetVersion ?? ring.CurrentVersion;
        if (!ring.TryGet(target, out var key))
            throw new UsageException(
                $"the key ring has no key of version {target}; it has {string.Join(", ", ring.Versions)}. "
                    + $"Add it to {KeyRingReader.PreviousKeys}, or choose another --target-version"
            );
        if (SharedKey.Explain(ring, target) is { } shared)
            throw new UsageException($"{shared}: {SharedKey.Consequence(target)}. {SharedKey.Fix}");
        var batchSize = order.BatchSize ?? RotationSettings.DefaultBatchSize;
        if (batchSize is < 1 or > RotationSettings.MaxBatchSize)
            throw new UsageException(
                $"the batch size is {batchSize}: it must be 1 to {RotationSettings.MaxBatchSize}"
            );
        var scopes = ScopeSelection.Choose(map, order.Rows.Only, order.Rows.Skip);
        var verify = Verify(order);
        EnsureGatesFit(order);
        return new StartRotation
        {
            RotationId = order.RotationId ?? Guid.CreateVersion7(),
            Scopes = [.. scopes.Select(scope => scope.Name)],
            Tenants = [.. order.Rows.Tenants.Distinct()],
            TargetVersion = target,
            TargetFingerprint = key.Fingerprint,
            MapHash = MapHash.Of(map),
            BatchSize = batchSize,
            AllowDowngrade = order.AllowDowngrade,
            PauseWorkers = order.PauseWorkers,
            IgnoredGates = [.. order.IgnoredGates.Select(gate => new IgnoredGate(gate.Gate, gate.Reason))],
            SnapshotTakenAt = order.SnapshotTakenAt,
            Verify = verify,
            RequestedBy = order.RequestedBy,
            CommandLine = order.CommandLine,
        };
    }

    private void EnsureGatesFit(RotationOrder order)
    {
        _ = GateNames.Of(map.Gates, order.IgnoredGates.Select(gate => gate.Gate));
        if (order.PauseWorkers && !map.Gates.OfType<BullMqEntry>().Any())
            throw new UsageException(
                "the map has no queues to pause: declare them under gates.workers as bullmq, or leave --pause-workers out"
            );
        if (order.SnapshotTakenAt is not null && !map.Gates.OfType<SnapshotEntry>().Any())
            throw new UsageException(
                "the map asks for no snapshot: declare gates.snapshot, or leave --snapshot-taken-at out"
            );
        if (order.IgnoredGates.FirstOrDefault(gate => string.IsNullOrWhiteSpace(gate.Reason)) is { } silent)
            throw new UsageException(
                $"the gate '{silent.Gate}' is ignored without a reason: give it with --reason"
            );
    }

    private string Verify(RotationOrder order) =>
        order.Verify is null ? map.Verify.Text
        : VerificationShare.TryParse(order.Verify) is { } share ? share.Text
        : throw new UsageException("--verify must be counts, full, or such as sample:5%");
}
