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

    /// <summary>The gates that are watched while rows are written: all but the snapshot's.</summary>
    internal IEnumerable<IGate> Watched => All.Where(gate => gate is not Snapshots.SnapshotGate);

    /// <summary>The gates whose workers can be paused and resumed.</summary>
    public IEnumerable<IPausableWorkers> Pausable => All.OfType<IPausableWorkers>();

    /// <summary>
    /// Makes the map's gates. Throws <see cref="InvalidOperationException"/> for a gate that none of
    /// <paramref name="kinds"/> makes.
    /// </summary>
    public static GateSet Of(RotationMap map, IReadOnlyList<IGateKind> kinds, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new GateSet([.. map.Gates.Select(entry => Make(entry, kinds))], clock);
    }

    /// <summary>Checks every gate once, all at the same time.</summary>
    public Task<IReadOnlyList<GateVerdict>> LookAsync(
        GateOccasion occasion,
        CancellationToken cancellationToken
    ) => LookAsync(All, occasion, cancellationToken);

    /// <summary>Checks once the gates that are watched while rows are written.</summary>
    public Task<IReadOnlyList<GateVerdict>> WatchAsync(
        GateOccasion occasion,
        CancellationToken cancellationToken
    ) => LookAsync([.. Watched], occasion, cancellationToken);

    /// <summary>
    /// Checks the gates repeatedly until all hold except the <paramref name="ignored"/> ones, or until waiting can't help
    /// any more. Returns the last verdicts. <paramref name="waiting"/> is called for each gate that is waited for.
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

    /// <summary>
    /// Checks one gate once. A variable that is not set is reported like any other reason why a gate can't be read.
    /// </summary>
    internal static async Task<GateVerdict> LookAsync(
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
