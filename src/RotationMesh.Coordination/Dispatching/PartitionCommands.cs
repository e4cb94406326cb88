using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Saga;
using RotationMesh.Core.Map;
using RotationMesh.Core.Tracing;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>Sends partitions to the workers' queues: one worker gets each, unlike a published message.</summary>
internal sealed class PartitionCommands(
    IBus bus,
    ControlDatabase control,
    AskedTraces traces,
    RotationMap map
)
{
    private readonly WriteDeadlines deadlines = new(control);

    /// <summary>Returns once the broker has them all; throws where it has not, though it may have some.</summary>
    public async Task SendAsync(
        IReadOnlyList<TakenPartition> partitions,
        IReadOnlyDictionary<Guid, RunningRotation> rotations,
        CancellationToken cancellationToken
    )
    {
        var rotate = await bus.GetSendEndpoint(Queues.Address(Queues.RotatePartition));
        var verify = await bus.GetSendEndpoint(Queues.Address(Queues.VerifyPartition));
        var places = await PlacesAsync(partitions, cancellationToken);
        var shares = await SharesAsync(partitions, rotations, cancellationToken);
        foreach (var own in partitions.GroupBy(partition => partition.Sweep.RotationId))
        {
            var rotation = rotations[own.Key];
            var asked = await traces.FindAsync(own.Key, cancellationToken);
            using var span = Spans.Step("dispatch", own.Key, asked);
            span?.SetTag(SpanTags.Partitions, own.Count());
            await Task.WhenAll(
                own.Select(partition =>
                    partition.Sweep.Phase == SweepPhase.Verify
                        ? BoundedSends.WithinAsync(
                            token => verify.Send(Verify(partition, rotation, places, shares), token),
                            cancellationToken
                        )
                        : BoundedSends.WithinAsync(
                            token =>
                                rotate.Send<RotatePartition>(
                                    Rotate(partition, rotation, places),
                                    new Transmissions(deadlines, partition, token).LeavesAsync,
                                    token
                                ),
                            cancellationToken
                        )
                )
            );
        }
    }

    private RotatePartition Rotate(
        TakenPartition partition,
        RunningRotation rotation,
        IReadOnlyDictionary<(Guid, string), string> places
    ) =>
        new()
        {
            RotationId = rotation.RotationId,
            Partition = Reference(partition, places),
            TargetVersion = rotation.TargetVersion,
            BatchSize = rotation.BatchSize,
            AllowDowngrade = rotation.AllowDowngrade,
            IsLastSweep = rotation.IdleSweeps >= Sweeps.MaxIdle,
            WriteUntil = partition.WriteUntil ?? DateTime.UnixEpoch,
            CutShort = partition.CutShort,
            MapHash = rotation.MapHash,
            TargetFingerprint = rotation.TargetFingerprint,
        };

    private VerifyPartition Verify(
        TakenPartition partition,
        RunningRotation rotation,
        IReadOnlyDictionary<(Guid, string), string> places,
        IReadOnlyDictionary<(Guid, TableName), double> shares
    ) =>
        new()
        {
            RotationId = rotation.RotationId,
            Partition = Reference(partition, places),
            TargetVersion = rotation.TargetVersion,
            Sample = shares.GetValueOrDefault((rotation.RotationId, partition.Range.FullName), 1),
            CutShort = partition.CutShort,
            MapHash = rotation.MapHash,
            TargetFingerprint = rotation.TargetFingerprint,
        };

    private PartitionRef Reference(
        TakenPartition partition,
        IReadOnlyDictionary<(Guid, string), string> places
    ) =>
        new()
        {
            PartitionId = partition.PartitionId,
            Attempt = partition.Attempt,
            Dispatch = partition.Key.Dispatch,
            Scope = partition.Range.Scope,
            Database = partition.Range.Database,
            Table = partition.Range.Table,
            DatabaseIdentity = places.GetValueOrDefault(
                (partition.Sweep.RotationId, partition.Range.Database)
            ),
            Store = map.Find(partition.Range.FullName)?.ExternalStore?.Place,
            Leaf = partition.Range.Leaf.Quoted,
            Columns = partition.Range.Columns,
            Tenants = partition.Range.Tenants,
            Pages = partition.Range.Pages,
        };

    private async Task<IReadOnlyDictionary<(Guid, string), string>> PlacesAsync(
        IReadOnlyList<TakenPartition> partitions,
        CancellationToken cancellationToken
    )
    {
        var claimed = await new RotationLocks(control).ListDatabasesAsync(
            [.. partitions.Select(partition => partition.Sweep.RotationId).Distinct()],
            cancellationToken
        );
        return claimed
            .DistinctBy(one => (one.RotationId, one.Database))
            .ToDictionary(one => (one.RotationId, one.Database), one => one.Identity);
    }

    // The planner cut the ranges for the share that the last census calls for.
    private async Task<IReadOnlyDictionary<(Guid, TableName), double>> SharesAsync(
        IReadOnlyList<TakenPartition> partitions,
        IReadOnlyDictionary<Guid, RunningRotation> rotations,
        CancellationToken cancellationToken
    )
    {
        var shares = new Dictionary<(Guid, TableName), double>();
        var verified = partitions.Where(partition => partition.Sweep.Phase == SweepPhase.Verify);
        foreach (var rotation in verified.Select(partition => partition.Sweep.RotationId).Distinct())
        foreach (var table in await new RotationTableStore(control).ListAsync(rotation, cancellationToken))
            shares[(rotation, table.FullName)] = table.Share(Share(rotations[rotation]));
        return shares;
    }

    private static VerificationShare Share(RunningRotation rotation) =>
        VerificationShare.TryParse(rotation.Verify) ?? VerificationShare.Default;
}
