namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// What each rotation was told last, so that it is told again only when it should have acted on it: a saga that is behind
/// would otherwise get further behind with every look at the ledger.
/// </summary>
internal sealed class SentOnce(TimeSpan again, TimeProvider clock)
{
    private readonly Dictionary<Guid, (object News, long At)> last = [];

    /// <summary>True where this is new to the rotation, or was told long enough ago to have been lost; it counts as told then.</summary>
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

    /// <summary>Drops what was told to rotations that run no more.</summary>
    public void KeepOnly(IEnumerable<Guid> running)
    {
        foreach (var gone in last.Keys.Except(running).ToList())
            last.Remove(gone);
    }
}
