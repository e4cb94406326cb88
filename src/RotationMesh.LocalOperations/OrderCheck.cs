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
    /// Returns the start command for the saga, under the order's own id or a new one. Throws
    /// <see cref="UsageException"/> for an unknown scope or gate, a version that the key ring lacks or whose key
    /// another version has too, a batch size out of bounds, or an option that the map gives no ground for.
    /// </summary>
    public StartRotation Check(RotationOrder order)
    {
        var request = Request(order, dryRun: false);
        var version = request.Settings.Target.Version;
        ring.TryGet(version, out var key);
        return new StartRotation
        {
            RotationId = order.RotationId ?? Guid.CreateVersion7(),
            Scopes = [.. request.Scopes.Select(scope => scope.Name)],
            Tenants = request.Tenants ?? [],
            TargetVersion = version,
            TargetFingerprint = key!.Fingerprint,
            MapHash = MapHash.Of(map),
            BatchSize = request.Settings.BatchSize,
            AllowDowngrade = request.Settings.Target.AllowDowngrade,
            PauseWorkers = request.Gates.PauseWorkers,
            IgnoredGates =
            [
                .. request.Gates.Ignored.Select(gate => new Contracts.IgnoredGate(gate.Gate, gate.Reason)),
            ],
            SnapshotTakenAt = request.Gates.SnapshotTakenAt,
            Verify = request.Verify,
            RequestedBy = order.RequestedBy,
            CommandLine = order.CommandLine,
        };
    }

    /// <summary>
    /// Checks an order as <see cref="Check"/> does, and returns it as a request that this process can run itself.
    /// </summary>
    public RotationRequest Request(RotationOrder order, bool dryRun)
    {
        ArgumentNullException.ThrowIfNull(order);
        var target = order.TargetVersion ?? ring.CurrentVersion;
        if (!ring.Contains(target))
            throw new UsageException(
                $"the key ring has no key of version {target}; it has {string.Join(", ", ring.Versions)}. "
                    + $"Add it to {KeyRingReader.PreviousKeys}, or choose another --target-version"
            );
        if (SharedKey.Explain(ring, target) is { } shared)
            throw new UsageException(
                $"{shared}: a rotation to version {target} would protect nothing. {SharedKey.Fix}"
            );
        var batchSize = order.BatchSize ?? RotationSettings.DefaultBatchSize;
        if (batchSize is < 1 or > RotationSettings.MaxBatchSize)
            throw new UsageException(
                $"the batch size is {batchSize}: it must be 1 to {RotationSettings.MaxBatchSize}"
            );
        return new RotationRequest
        {
            Scopes = ScopeSelection.Choose(map, order.Rows.Only, order.Rows.Skip),
            Tenants = order.Rows.Tenants.Count == 0 ? null : [.. order.Rows.Tenants.Distinct()],
            Settings = new RotationSettings(
                new RotationTarget(target, order.AllowDowngrade),
                batchSize,
                dryRun
            ),
            Workers = order.Workers ?? Environment.ProcessorCount,
            Verify = Verify(order),
            Gates = Terms(order),
            RequestedBy = order.RequestedBy,
            CommandLine = order.CommandLine,
        };
    }

    private GateTerms Terms(RotationOrder order)
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
        return new GateTerms
        {
            PauseWorkers = order.PauseWorkers,
            Ignored =
            [
                .. order.IgnoredGates.Select(gate => new Core.Gates.IgnoredGate(gate.Gate, gate.Reason)),
            ],
            SnapshotTakenAt = order.SnapshotTakenAt,
        };
    }

    private string Verify(RotationOrder order) =>
        order.Verify is null ? map.Verify.Text
        : VerificationShare.TryParse(order.Verify) is { } share ? share.Text
        : throw new UsageException("--verify must be counts, full, or such as sample:5%");
}
