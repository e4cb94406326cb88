namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Remembers the last message sent to each rotation, and permits a repeat only when the saga should have acted on it.
/// Otherwise a saga with a backlog would get a longer one at each check of the ledger.
/// </summary>
internal sealed class SentOnce(TimeSpan again, TimeProvider clock)
{
    private readonly Dictionary<Guid, (object News, long At)> last = [];

    /// <summary>True, and recorded as sent, where the message is new or old enough to have been lost.</summary>
    public bool IsDue(Guid rotationId, object news)
    {
        if (
            last.TryGetValue(rotationId, out var before)
            && before.News.Equals(news)
            && clock.GetElapsedTime(before.At) < again
        )
            return false;
        last[rotationId] = (news, clock.GetTimestamp());
        return true;
    }

    /// <summary>Drops the entries of rotations that no longer run.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var gone in last.Keys.Except(running).ToList())
            last.Remove(gone);
    }
}
