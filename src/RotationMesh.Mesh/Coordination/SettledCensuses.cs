using System.Collections.Concurrent;
using RotationMesh.Postgres.Target;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// What closing censuses wait for, from one command to the next: a consumer waits some seconds at most, and is asked again
/// by the nudge. Another process begins to wait anew, which is safe, and only takes longer.
/// </summary>
internal sealed class SettledCensuses(
    TargetDatabases databases,
    CoordinatorOptions options,
    TimeProvider clock
)
{
    /// <summary>Time after which nobody comes back to a rotation that was not asked for: nudges come every few seconds.</summary>
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
            _ => new SettledCensus(databases, options.WriterPatience, clock)
        );
        asked.Ask(sweep);
        return asked;
    }

    /// <summary>The rotation leaves nothing to count: should it be retried, it waits anew.</summary>
    public void Forget(Guid rotationId) => rotations.TryRemove(rotationId, out _);
}
