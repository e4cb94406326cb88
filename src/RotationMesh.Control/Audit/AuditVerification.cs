namespace RotationMesh.Control.Audit;

/// <summary>
/// Checks the chain of the audit log against itself, against the keys of a ring, and against what was noted of it elsewhere.
/// The keys find a chain that somebody with write access to the table calculated anew; the chain alone can't. Only a hash
/// that an operator noted shows that the whole database was put back to an earlier state.
/// </summary>
/// <param name="reader">The log.</param>
/// <param name="marks">The events of the log that rotations and retired keys noted.</param>
/// <param name="seal">The keys; null where this process has none: then who wrote the events is not checked.</param>
public sealed class AuditVerification(AuditReader reader, AuditMarks marks, AuditSeal? seal = null)
{
    /// <summary>Number of faults that are listed; more are only counted.</summary>
    public const int MaxFaults = 100;

    private readonly List<AuditFault> faults = [];
    private long count;
    private long found;

    /// <summary>
    /// Reads the whole log. <paramref name="expected"/> is the hash of an event that an operator noted, in hex of either
    /// case: the log must have it. <paramref name="head"/> is the record of the newest event, read before the log.
    /// </summary>
    public async Task<AuditVerdict> RunAsync(
        string? expected,
        AuditHead? head,
        CancellationToken cancellationToken
    )
    {
        (count, found) = (0, 0);
        faults.Clear();
        // Read before the log, so that the log has the event of every mark.
        var noted = await marks.ReadAsync(cancellationToken);
        var open = noted.ToLookup(mark => mark.Sequence);
        var recorded = noted.Select(mark => mark.RetiredVersion).ToHashSet();
        var retired = new HashSet<int>();
        var rotations = new AuditedRotations(await marks.ReadRotationsAsync(cancellationToken));
        var keys = new AuditKeyCheck(seal, await marks.ReadUnkeyedBoundAsync(cancellationToken));
        long? expectedAt = null;
        var (sequence, hash) = (0L, AuditHash.Start);
        await foreach (var read in reader.ReadAsync(cancellationToken))
        {
            count++;
            var before = found;
            if (BeginsAnew(read, sequence))
                keys.Break(read.Sequence);
            else
                CheckLink(read, sequence, hash);
            CheckHash(read);
            if (found > before)
                keys.BreakAt(sequence + 1);
            rotations.Add(read);
            if (keys.FindFault(read) is { } unkeyed)
                Tell(read.Sequence, unkeyed);
            foreach (var mark in open[read.Sequence].Where(mark => !mark.Names(read)))
                Tell(read.Sequence, $"is not the event that {mark.NotedBy} noted");
            if (read.RetiredVersion() is { } version && retired.Add(version) && !recorded.Contains(version))
                Tell(
                    read.Sequence,
                    $"retired key version {version}, and it is missing in the table of retired versions: keys retire {version} puts it back"
                );
            if (head is not null && head.Sequence == read.Sequence && !AuditSeal.Same(head.Hash, read.Hash))
                Tell(read.Sequence, "is not the event that the record of the newest event names");
            if (string.Equals(Hex(read.Hash), expected, StringComparison.OrdinalIgnoreCase))
                expectedAt = read.Sequence;
            (sequence, hash) = (read.Sequence, read.Hash);
        }

        foreach (var mark in noted.Where(mark => mark.Sequence > sequence))
        {
            keys.BreakAt(sequence + 1);
            Tell(mark.Sequence, $"is missing at the end: {mark.NotedBy} noted it");
        }

        if (expected is not null && expectedAt is null)
            Tell(null, $"no event has the expected hash {expected}");
        if (expectedAt is { } at)
            keys.Vouch(at);
        CheckHead(head, keys, sequence);
        foreach (var fault in rotations.FindFaults())
            Tell(null, fault);
        return new AuditVerdict(count, count == 0 ? null : Hex(hash), found, [.. faults])
        {
            HeadSequence = sequence,
            KeyedFrom = keys.KeyedFrom,
            ChecksKeys = seal is not null,
            BrokenAt = keys.BrokenAt,
            VouchedUpTo = keys.VouchedUpTo,
            Doubts =
            [
                .. keys.FindDoubts(sequence),
                .. seal is null ? [] : rotations.FindDoubts(expectedAt ?? 0),
            ],
            Notes = keys.Notes,
        };
    }

    private void CheckLink(AuditEvent read, long previous, byte[] previousHash)
    {
        if (read.Sequence != previous + 1)
            Tell(
                previous + 1,
                read.Sequence == previous + 2
                    ? "is missing"
                    : $"and all up to {read.Sequence - 1} are missing"
            );
        else if (!AuditSeal.Same(read.PreviousHash, previousHash))
            Tell(read.Sequence, "does not follow the event before it: one of the two was put there later");
    }

    // A writer that did not trust the events before begins a new chain: its event names no previous hash.
    private static bool BeginsAnew(AuditEvent read, long previous) =>
        previous > 0
        && read.Sequence == previous + 1
        && read.KeyVersion is not null
        && AuditSeal.Same(read.PreviousHash, AuditHash.Start);

    private void CheckHash(AuditEvent read)
    {
        if (read.RecordedAt == DateTime.MinValue || !AuditSeal.Same(read.Hash, AuditHash.Of(read)))
            Tell(read.Sequence, "was changed: its hash does not fit its fields");
    }

    private void CheckHead(AuditHead? head, AuditKeyCheck keys, long newest)
    {
        if (head is null && keys.KeyedFrom is not null)
            Tell(
                null,
                "the record of the newest event is missing: whether events were cut off can't be told"
            );
        if (head is not null && keys.FindFault(head) is { } forged)
            Tell(head.Sequence, forged);
        if (head?.Sequence > newest)
        {
            keys.BreakAt(newest + 1);
            Tell(head.Sequence, "is missing at the end: the record of the newest event names it");
        }

        if (seal is not null && keys.FindUnheld() is var (from, version))
            Tell(
                from,
                $"and those after it are keyed by version {version}, which this key ring lacks: who wrote them can't be "
                    + "told. Give the hash that was noted with --expect, or verify with a ring that has the key"
            );
    }

    private void Tell(long? sequence, string problem)
    {
        found++;
        if (faults.Count < MaxFaults)
            faults.Add(new AuditFault(sequence, problem));
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
