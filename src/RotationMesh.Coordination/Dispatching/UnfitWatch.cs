using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Preflight;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Pauses stalled rotations whose map no longer fits their databases: a table or a column was renamed or dropped, say,
/// and does not come back by itself. Faults that may pass are waited out without a limit. Several coordinators may run
/// this: the saga acts once on a duplicate message.
/// </summary>
internal sealed class UnfitWatch(
    IBus bus,
    ControlDatabase control,
    Surveyor surveyor,
    RotationPreflight preflight,
    SoundRotations rotations,
    GoalCheck goals,
    CoordinatorOptions options,
    TimeProvider clock,
    ILogger<UnfitWatch> log
) : PollingService(IntervalOf(options), clock, onlyAtTicks: true)
{
    /// <summary>Longest time between two checks, each of a whole schema. A short patience shortens it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private readonly LedgerSummary ledger = new(control);
    private readonly Dictionary<Guid, Seen> seen = [];

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var running = (await rotations.ListAsync(stopping))
            .Where(rotation => RotationState.MayDispatch(rotation.State) && goals.IsOfMap(rotation.MapHash))
            .ToList();
        foreach (var gone in seen.Keys.Except(running.Select(rotation => rotation.RotationId)).ToList())
            seen.Remove(gone);
        var ledgers = await ledger.ReadAsync([.. running.Select(one => one.RotationId)], stopping);
        foreach (var rotation in running)
            await LookAsync(rotation, Place.Of(rotation, [.. ledgers[rotation.RotationId]]), stopping);
        return false;
    }

    /// <inheritdoc/>
    protected override void OnFault(Exception fault, TimeSpan pause) =>
        // A later check loses nothing.
        MeshLog.WatchFailed(log, pause, fault);

    private static TimeSpan IntervalOf(CoordinatorOptions options) =>
        new(Math.Clamp((options.Patience / 4).Ticks, Shortest.Ticks, Longest.Ticks));

    private async Task LookAsync(RunningRotation rotation, Place place, CancellationToken stopping)
    {
        var id = rotation.RotationId;
        if (seen.GetValueOrDefault(id) is not { } last || last.Place != place)
        {
            seen[id] = new Seen(place, null);
            return;
        }

        // A schema check is expensive, so only a rotation without progress gets one.
        var unfit =
            await surveyor.ExplainUnfitAsync(rotation.Scopes, rotation.TargetVersion, stopping)
            // It may read a whole table.
            ?? (
                rotation.Reason?.Contains(Reasons.ColumnLeftOut, StringComparison.Ordinal) == true
                    ? await preflight.ExplainLeftColumnsAsync(
                        id,
                        rotation.Scopes,
                        mustAnswer: false,
                        stopping
                    )
                    : null
            );
        seen[id] = last with { UnfitSince = unfit is null ? null : last.UnfitSince ?? Clock.GetTimestamp() };
        if (unfit is not null && Clock.GetElapsedTime(seen[id].UnfitSince!.Value) >= options.Patience)
            await bus.PublishAsync(new WaitTimedOut(id, Explain(unfit)), stopping);
    }

    private string Explain(string unfit) =>
        $"{unfit.TrimEnd('.')}; {Reasons.WaitedTooLong} {Short(options.Patience)} (--patience): undo that and resume, or cancel";

    private static string Short(TimeSpan time) =>
        time < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min");

    /// <summary>Progress of a rotation, which is not stalled as long as this changes.</summary>
    private sealed record Place(
        string State,
        int Sweep,
        long Planned,
        long Done,
        long Failed,
        RowCounts Counts
    )
    {
        public static Place Of(RunningRotation rotation, IReadOnlyList<SweepSummary> sweeps) =>
            new(
                rotation.State,
                rotation.Sweep,
                sweeps.Sum(sweep => sweep.Partitions),
                sweeps.Sum(sweep => sweep.Done),
                sweeps.Sum(sweep => sweep.Failed),
                sweeps.Aggregate(RowCounts.None, (sum, sweep) => sum + sweep.Counts)
            );
    }

    private sealed record Seen(Place Place, long? UnfitSince);
}
