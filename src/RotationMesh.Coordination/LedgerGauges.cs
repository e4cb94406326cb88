using System.Diagnostics.Metrics;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination;

/// <summary>What the watch last saw in the ledger, so that collecting metrics asks no database.</summary>
internal sealed class LedgerGauges
{
    /// <summary>Stands for the state of a rotation that is left alone, since its record is not sealed by the current key.</summary>
    private const string Unsound = "Unsound";

    private readonly TimeProvider clock;
    private volatile IReadOnlyList<Look> seen = [];
    private volatile IReadOnlyList<Measurement<long>> states = [];

    public LedgerGauges(CoordinatorOptions options, TimeProvider clock)
    {
        this.clock = clock;
        Window = options.Window;
        MeshMetrics.ObserveLedger(Partitions, () => Window, Gates, () => states, Idle);
    }

    private int Window { get; }

    /// <summary>
    /// Called with every look at the rotations that run, those that are left alone, and those that ended lately. What ended and
    /// runs again counts as running.
    /// </summary>
    public void See(
        IReadOnlyList<(RunningRotation Rotation, IReadOnlyList<SweepSummary> Sweeps)> running,
        IReadOnlyList<RunningRotation> unsound,
        IReadOnlyList<RunningRotation> ended
    )
    {
        var before = seen.ToDictionary(one => one.Rotation.RotationId);
        var now = clock.GetTimestamp();
        seen =
        [
            .. running.Select(one =>
                Look.Of(one.Rotation, one.Sweeps, before.GetValueOrDefault(one.Rotation.RotationId), now)
            ),
        ];
        states =
        [
            .. running
                .Select(one => StateOf(one.Rotation, one.Rotation.State))
                .Concat(unsound.Select(rotation => StateOf(rotation, Unsound)))
                .Concat(
                    ended
                        .ExceptBy(
                            running.Select(one => one.Rotation).Concat(unsound).Select(one => one.RotationId),
                            rotation => rotation.RotationId
                        )
                        .Select(rotation => StateOf(rotation, rotation.State))
                ),
        ];
    }

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

    private IEnumerable<Measurement<long>> Idle() =>
        seen.Where(one => !RotationState.AwaitsSomebody(one.Rotation.State))
            .Select(one => Of(one.Rotation, (long)clock.GetElapsedTime(one.Since).TotalSeconds));

    private static Measurement<long> StateOf(RunningRotation rotation, string state) =>
        Of(
            rotation,
            1,
            State(state),
            new("rotationmesh.actor", rotation.IsStoppedByOperator ? "operator" : "mesh")
        );

    private static KeyValuePair<string, object?> State(string state) => new("rotationmesh.state", state);

    private static Measurement<long> Of(
        RunningRotation rotation,
        long value,
        params KeyValuePair<string, object?>[] attributes
    ) => new(value, [new("rotationmesh.rotation", $"{rotation.RotationId}"), .. attributes]);

    /// <summary>A rotation as it was seen last, and since when it is so.</summary>
    private sealed record Look(
        RunningRotation Rotation,
        long Pending,
        long Dispatched,
        Progress Progress,
        long Since
    )
    {
        public static Look Of(
            RunningRotation rotation,
            IReadOnlyList<SweepSummary> sweeps,
            Look? before,
            long now
        )
        {
            var dispatched = sweeps.Sum(sweep => sweep.Tables.Sum(table => table.Dispatched));
            var progress = new Progress(
                rotation.State,
                rotation.AuditSequence,
                rotation.SettledSweep,
                rotation.VerifiedSweep,
                sweeps.Sum(sweep => sweep.Partitions),
                sweeps.Sum(sweep => sweep.Open),
                sweeps.Aggregate(RowCounts.None, (sum, sweep) => sum + sweep.Counts)
            );
            var since = progress == before?.Progress ? before.Since : now;
            return new(rotation, progress.Open - dispatched, dispatched, progress, since);
        }
    }

    /// <summary>What changes with every step that a rotation makes.</summary>
    private sealed record Progress(
        string State,
        long? AuditSequence,
        int SettledSweep,
        int VerifiedSweep,
        long Partitions,
        long Open,
        RowCounts Counts
    );
}
