using System.Collections.Concurrent;

namespace RotationMesh.MeshTests.Support;

/// <summary>
/// The schedules of a seed, one for each rotation. What becomes of a message depends on the seed, the schedule, the kind of
/// message and how many of that kind its rotation has had: the same dice fall whatever the threads do.
/// </summary>
internal sealed class Forecast(int seed)
{
    private const int LongestDelay = 400;

    private readonly ConcurrentDictionary<(Guid Rotation, Type Kind), int> told = new();
    private int lost;
    private int repeated;
    private int late;

    public int Seed => seed;

    public int Lost => lost;

    public int Repeated => repeated;

    public int Late => late;

    /// <summary>Id of the rotation that runs through a schedule.</summary>
    public Guid Rotation(int schedule) => new(schedule, 0, 0x7000, BitConverter.GetBytes((long)seed));

    /// <summary>Whether the message is delivered now, and when it is delivered besides.</summary>
    public (bool Now, IReadOnlyList<TimeSpan> Later) Of(Guid rotation, Type kind)
    {
        var number = told.AddOrUpdate((rotation, kind), 1, (_, before) => before + 1);
        var dice = new Random(Hash($"{seed} {rotation} {kind.Name} {number}"));
        switch (dice.Next(100))
        {
            case < 10:
                Interlocked.Increment(ref lost);
                return (false, []);
            case < 25:
                Interlocked.Increment(ref repeated);
                return (true, [Delay(), Delay()]);
            case < 50:
                Interlocked.Increment(ref late);
                return (false, [Delay()]);
            default:
                return (true, []);
        }

        TimeSpan Delay() => TimeSpan.FromMilliseconds(dice.Next(LongestDelay));
    }

    // FNV: string.GetHashCode differs from process to process.
    private static int Hash(string text) =>
        (int)text.Aggregate(2166136261, (hash, letter) => unchecked((hash ^ letter) * 16777619));
}
