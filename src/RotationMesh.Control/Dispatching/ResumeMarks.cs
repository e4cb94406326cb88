namespace RotationMesh.Control.Dispatching;

/// <summary>
/// How far into a table's queue this coordinator has taken, so that it goes on from there. Without it each take reads
/// past the index entries of everything taken before, which PostgreSQL may not remove while somebody holds an old
/// snapshot of the database, a backup for example: after 200,000 partitions a take took 250 ms instead of 20.
/// </summary>
/// <remarks>
/// A mark is only a hint. Partitions may come to lie behind it: from a transaction that began before and was committed
/// after, or from another coordinator that gave up what it had taken. So all marks are forgotten now and then, and the
/// queue is read from its beginning.
/// </remarks>
internal sealed class ResumeMarks(TimeProvider time)
{
    /// <summary>Longest time that a partition behind a mark waits.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<long, ResumeMark> marks = [];
    private long since = time.GetTimestamp();

    /// <summary>Returns the marks that hold now.</summary>
    public IReadOnlyList<ResumeMark> Current()
    {
        lock (gate)
        {
            if (time.GetElapsedTime(since) >= Lifetime)
            {
                marks.Clear();
                since = time.GetTimestamp();
            }

            return [.. marks.Values];
        }
    }

    /// <summary>Moves the mark of each table to the last partition taken of it.</summary>
    public void Advance(IEnumerable<ResumeMark> taken)
    {
        lock (gate)
        {
            foreach (var table in taken.GroupBy(mark => mark.SweepTableId))
                marks[table.Key] = table.MaxBy(mark => (mark.NotBefore, mark.PartitionId));
        }
    }
}

/// <summary>A place in the queue of a table: everything up to that partition was taken.</summary>
internal readonly record struct ResumeMark(long SweepTableId, DateTime NotBefore, long PartitionId);
