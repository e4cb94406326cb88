using System.Diagnostics.Metrics;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination;

/// <summary>What the watch last saw in the ledger, so that collecting metrics asks no database.</summary>
internal sealed class LedgerGauges
{
    private volatile IReadOnlyList<(RunningRotation Rotation, long Pending, long Dispatched)> seen = [];

    public LedgerGauges(CoordinatorOptions options)
    {
        Window = options.Window;
        MeshMetrics.ObserveLedger(Partitions, () => Window, Gates);
    }

    private int Window { get; }

    /// <summary>Called with every look at the rotations that run.</summary>
    public void See(IReadOnlyList<(RunningRotation Rotation, IReadOnlyList<SweepSummary> Sweeps)> running) =>
        seen = [
            .. running.Select(one =>
            {
                var tables = one.Sweeps.SelectMany(sweep => sweep.Tables).ToList();
                var dispatched = tables.Sum(table => table.Dispatched);
                var open = tables.Sum(table => table.Partitions - table.Done - table.Failed);
                return (one.Rotation, open - dispatched, dispatched);
            }),
        ];

    private IEnumerable<Measurement<long>> Partitions() =>
        seen.SelectMany(one =>
            new[]
            {
                Of(one.Rotation, one.Pending, State("pending")),
                Of(one.Rotation, one.Dispatched, State("dispatched")),
            }
        );

    private IEnumerable<Measurement<long>> Gates() =>
        seen.Where(one =>
                one.Rotation.State
                    is not (RotationState.Checking or RotationState.Paused or RotationState.Cancelled)
            )
            .Select(one => Of(one.Rotation, one.Rotation.State == RotationState.AwaitingGates ? 0 : 1));

    private static KeyValuePair<string, object?> State(string state) => new("rotationmesh.state", state);

    private static Measurement<long> Of(
        RunningRotation rotation,
        long value,
        params KeyValuePair<string, object?>[] attributes
    ) => new(value, [new("rotationmesh.rotation", $"{rotation.RotationId}"), .. attributes]);
}
