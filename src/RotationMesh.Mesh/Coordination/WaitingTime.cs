namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// How long a rotation has waited for its databases, all waits together: waits for several at the same time count once, and
/// the time between two waits not at all.
/// </summary>
internal sealed class WaitingTime(TimeProvider clock)
{
    private readonly Lock changes = new();
    private readonly HashSet<string> waiting = [];
    private TimeSpan before;
    private long since;

    /// <summary>It waits for a database, from now on or still; returns the sum so far.</summary>
    public TimeSpan Go(string database)
    {
        lock (changes)
        {
            if (waiting.Count == 0)
                since = clock.GetTimestamp();
            waiting.Add(database);
            return before + clock.GetElapsedTime(since);
        }
    }

    /// <summary>It does not wait for a database any more, if it ever did.</summary>
    public void Stop(string database)
    {
        lock (changes)
            if (waiting.Remove(database) && waiting.Count == 0)
                before += clock.GetElapsedTime(since);
    }

    /// <summary>It waits for none any more.</summary>
    public void StopAll()
    {
        lock (changes)
            foreach (var database in waiting.ToList())
                Stop(database);
    }
}
