namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Sums the time that a rotation has waited for its databases: waits for several at the same time count once, and the
/// time between two waits does not count.
/// </summary>
internal sealed class WaitingTime(TimeProvider clock)
{
    private readonly Lock changes = new();
    private readonly HashSet<string> waiting = [];
    private TimeSpan before;
    private long since;

    /// <summary>Begins or continues the wait for a database; returns the sum so far.</summary>
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

    /// <summary>Ends the wait for a database, if there is one.</summary>
    public void Stop(string database)
    {
        lock (changes)
            if (waiting.Remove(database) && waiting.Count == 0)
                before += clock.GetElapsedTime(since);
    }

    /// <summary>Ends all waits.</summary>
    public void StopAll()
    {
        lock (changes)
            foreach (var database in waiting.ToList())
                Stop(database);
    }
}
