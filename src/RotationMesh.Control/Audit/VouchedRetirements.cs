namespace RotationMesh.Control.Audit;

/// <summary>
/// Tells which events that take key versions out of service somebody with the keys wrote. An event is believed by the code
/// of the current key, its own or that of a later event whose hash covers it.
/// </summary>
internal sealed class VouchedRetirements(AuditReader reader, AuditSeal seal)
{
    /// <summary>Those of the <paramref name="retirements"/>, in the order of the chain, that are believed.</summary>
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

    // One without a code is from before the log was keyed, when nobody could tell who wrote it. One whose key is older than
    // that of an event before it is of somebody who kept the old key.
    private async Task<bool> IsCandidateAsync(AuditEvent read, CancellationToken cancellationToken)
    {
        if (read.KeyVersion is not { } version || !AuditSeal.Same(read.Hash, AuditHash.Of(read)))
            return false;
        if (seal.Holds(version) ? !seal.IsSound(read) : version > seal.CurrentVersion)
            return false;
        return seal.MayVouch(version)
            || await reader.FindNewestKeyBeforeAsync(read.Sequence, cancellationToken) is not { } newest
            || newest <= version;
    }

    private bool IsVouchedFor(AuditEvent read) =>
        read.KeyVersion is { } version && seal.MayVouch(version) && seal.IsSound(read);

    // The log is read on from the first of them up to the event that vouches for the last.
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
