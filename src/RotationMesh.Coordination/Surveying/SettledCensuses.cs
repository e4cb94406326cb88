using System.Collections.Concurrent;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Keeps what closing censuses wait for, from one command to the next: a consumer waits some seconds at most, and the
/// nudge repeats the command. Another process starts the wait anew, which is safe and only takes longer.
/// </summary>
internal sealed class SettledCensuses(
    ApplicationDatabases databases,
    CoordinatorOptions options,
    TimeProvider clock
)
{
    /// <summary>Time without a command after which a census is dropped: nudges come every few seconds.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, SettledCensus> rotations = [];

    /// <summary>The census after that sweep of a rotation.</summary>
    public SettledCensus Of(Guid rotationId, int sweep)
    {
        foreach (var (other, census) in rotations)
            if (clock.GetElapsedTime(census.AskedAt) > Forgotten)
                rotations.TryRemove(other, out _);
        var asked = rotations.GetOrAdd(
            rotationId,
            _ => new SettledCensus(databases, options.WriterTimeout, clock)
        );
        asked.Ask(sweep);
        return asked;
    }

    /// <summary>Drops the census of a rotation with nothing left to count: after a retry, it waits anew.</summary>
    public void Forget(Guid rotationId) => rotations.TryRemove(rotationId, out _);
}
