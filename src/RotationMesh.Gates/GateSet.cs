using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates;

/// <summary>The gates of a map.</summary>
public sealed class GateSet : IAsyncDisposable
{
    private static readonly TimeSpan TimeBetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider clock;

    private GateSet(IReadOnlyList<IGate> gates, TimeProvider clock) => (All, this.clock) = (gates, clock);

    /// <summary>Every gate, in the order of the map.</summary>
    public IReadOnlyList<IGate> All { get; }

    /// <summary>The gates whose workers can be paused and resumed.</summary>
    public IEnumerable<IPausableWorkers> Pausable => All.OfType<IPausableWorkers>();

    /// <summary>Makes the map's gates; each of them is of one of the <paramref name="kinds"/>.</summary>
    public static GateSet Of(RotationMap map, IReadOnlyList<IGateKind> kinds, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new GateSet([.. map.Gates.Select(entry => Make(entry, kinds))], clock);
    }

    /// <summary>Looks at every gate once, at all of them at the same time.</summary>
    public Task<IReadOnlyList<GateVerdict>> LookAsync(
        GateOccasion occasion,
        CancellationToken cancellationToken
    ) => LookAsync(All, occasion, cancellationToken);

    /// <summary>Looks at those gates that are watched while rows are written: all but the snapshot's.</summary>
    public Task<IReadOnlyList<GateVerdict>> WatchAsync(
        GateOccasion occasion,
        CancellationToken cancellationToken
    ) => LookAsync([.. All.Where(gate => gate is not Snapshots.SnapshotGate)], occasion, cancellationToken);

    /// <summary>
    /// Looks until every gate holds but the <paramref name="ignored"/> ones, or waiting can't help any more; returns what
    /// was seen last. <paramref name="waiting"/> hears of each gate that is waited for.
    /// </summary>
    public async Task<IReadOnlyList<GateVerdict>> AwaitAsync(
        GateOccasion occasion,
        GateNames ignored,
        Action<GateVerdict> waiting,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ignored);
        ArgumentNullException.ThrowIfNull(waiting);
        var start = clock.GetTimestamp();
        while (true)
        {
            var verdicts = await LookAsync(occasion, cancellationToken);
            var lost = verdicts.Where(verdict => !verdict.Holds && !ignored.Contains(verdict.Gate)).ToList();
            if (lost.Count == 0 || lost.Any(verdict => verdict.DrainTimeout <= clock.GetElapsedTime(start)))
                return verdicts;
            lost.ForEach(waiting);
            await Task.Delay(TimeBetweenLooks, clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var gate in All.OfType<IAsyncDisposable>())
            await gate.DisposeAsync();
    }

    private static IGate Make(GateEntry entry, IReadOnlyList<IGateKind> kinds) =>
        kinds.Select(kind => kind.Make(entry)).FirstOrDefault(gate => gate is not null)
        ?? throw new InvalidOperationException($"no kind of gate makes {entry.Name}");

    private static async Task<IReadOnlyList<GateVerdict>> LookAsync(
        IReadOnlyList<IGate> gates,
        GateOccasion occasion,
        CancellationToken cancellationToken
    ) => await Task.WhenAll(gates.Select(gate => LookAsync(gate, occasion, cancellationToken)));

    // A variable that is not set is told like anything else that keeps a gate from being read.
    private static async Task<GateVerdict> LookAsync(
        IGate gate,
        GateOccasion occasion,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await gate.CheckAsync(occasion, cancellationToken);
        }
        catch (UsageException fault)
        {
            return new GateVerdict(
                gate.Entry.Name,
                Holds: false,
                fault.Message,
                "set it where gates are checked"
            );
        }
    }
}
