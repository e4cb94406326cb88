namespace RotationMesh.Control.Audit;

/// <summary>
/// Finds the retirements in the log that a holder of the keys wrote. An event is believed by a code of the current key or a
/// newer one: its own code, or that of a later event whose hash covers it.
/// </summary>
internal sealed class VouchedRetirements(AuditReader reader, AuditSeal seal)
{
    /// <summary>
    /// Returns the <paramref name="retirements"/> that are believed: first those that their own code vouches for, then those
    /// that a later event vouches for. Each group keeps the order of the chain.
    /// </summary>
    public async Task<IReadOnlyList<AuditEvent>> ChooseAsync(
        IReadOnlyList<AuditEvent> retirements,
        CancellationToken cancellationToken
    )
    {
        var believed = new List<AuditEvent>();
        var waiting = new List<AuditEvent>();
        foreach (var retirement in retirements)
        {
            if (!await IsCandidateAsync(retirement, cancellationToken))
                continue;
            (IsVouchedFor(retirement) ? believed : waiting).Add(retirement);
        }

        if (waiting.Count > 0)
            believed.AddRange(await FollowAsync(waiting, cancellationToken));
        return believed;
    }

    // An event without a code dates from before the log was keyed, when nobody could tell who wrote it. An event with an older
    // key than an event before it is by somebody who kept the old key.
    private async Task<bool> IsCandidateAsync(AuditEvent read, CancellationToken cancellationToken)
    {
        if (read.KeyVersion is not { } version || !AuditSeal.Same(read.Hash, AuditHash.Of(read)))
            return false;
        if (read.IsOfItsOwnKey)
            return false;
        if (seal.Holds(version) ? !seal.IsSound(read) : version > seal.CurrentVersion)
            return false;
        return seal.MayVouch(version)
            || await reader.FindNewestKeyBeforeAsync(read.Sequence, cancellationToken) is not { } newest
            || newest <= version;
    }

    private bool IsVouchedFor(AuditEvent read) =>
        read.KeyVersion is { } version && seal.MayVouch(version) && seal.IsSound(read);

    // Reads the log from the first waiting event up to the one that vouches for the last.
    private async Task<List<AuditEvent>> FollowAsync(
        List<AuditEvent> waiting,
        CancellationToken cancellationToken
    )
    {
        var believed = new List<AuditEvent>();
        var linked = new List<AuditEvent>();
        var wanted = waiting.Select(read => read.Sequence).ToHashSet();
        AuditEvent? before = null;
        await foreach (var read in reader.ReadFromAsync(waiting[0].Sequence, cancellationToken))
        {
            if (before is not null && !Follows(read, before))
                linked.Clear();
            if (wanted.Contains(read.Sequence))
                linked.Add(read);
            if (IsVouchedFor(read))
            {
                believed.AddRange(linked);
                linked.Clear();
            }

            if (linked.Count == 0 && read.Sequence >= waiting[^1].Sequence)
                break;
            before = read;
        }

        return believed;
    }

    private static bool Follows(AuditEvent read, AuditEvent before) =>
        read.Sequence == before.Sequence + 1
        && AuditSeal.Same(read.PreviousHash, before.Hash)
        && AuditSeal.Same(read.Hash, AuditHash.Of(read));
}
