using System.Security.Cryptography;

namespace RotationMesh.Postgres.Control.Audit;

/// <summary>
/// Holds the chain of the audit log against itself and against what was noted of it elsewhere. The chain alone can't tell
/// that its newest events were cut off, or that somebody who may change the table calculated it anew: hashes noted with
/// rotations and retired keys, or by an operator, can.
/// </summary>
public sealed class AuditVerification(AuditReader reader, AuditMarks marks)
{
    /// <summary>Faults that are told one by one; more are counted.</summary>
    public const int MaxFaults = 100;

    private readonly List<AuditFault> faults = [];
    private long count;
    private long found;

    /// <summary>
    /// Reads the whole log. <paramref name="expected"/> is the hash of an event that an operator noted, in hex of either
    /// case: it has to be there.
    /// </summary>
    public async Task<AuditVerdict> RunAsync(string? expected, CancellationToken cancellationToken)
    {
        (count, found) = (0, 0);
        faults.Clear();
        // Read first: what is noted by now has its event in the log that is read next.
        var noted = await marks.ReadAsync(cancellationToken);
        var open = noted.ToLookup(mark => mark.Sequence);
        var isExpected = expected is null;
        var (sequence, hash) = (0L, AuditHash.Start);
        await foreach (var read in reader.ReadAsync(cancellationToken))
        {
            count++;
            CheckLink(read, sequence, hash);
            foreach (var mark in open[read.Sequence].Where(mark => !Same(mark.Hash, read.Hash)))
                Tell(read.Sequence, $"is not the event that {mark.NotedBy} noted");
            isExpected |= string.Equals(Hex(read.Hash), expected, StringComparison.OrdinalIgnoreCase);
            (sequence, hash) = (read.Sequence, read.Hash);
        }

        foreach (var mark in noted.Where(mark => mark.Sequence > sequence))
            Tell(mark.Sequence, $"is missing at the end: {mark.NotedBy} noted it");
        if (!isExpected)
            Tell(null, $"no event has the expected hash {expected}");
        return new AuditVerdict(count, count == 0 ? null : Hex(hash), found, [.. faults]);
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
        else if (!Same(read.PreviousHash, previousHash))
            Tell(read.Sequence, "does not follow the event before it: one of the two was put there later");
        if (read.RecordedAt == DateTime.MinValue || !Same(read.Hash, AuditHash.Of(read)))
            Tell(read.Sequence, "was changed: its hash does not fit its fields");
    }

    private void Tell(long? sequence, string problem)
    {
        found++;
        if (faults.Count < MaxFaults)
            faults.Add(new AuditFault(sequence, problem));
    }

    private static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}

/// <summary>
/// What a verification found: number of events, hash of the newest (null: there is none), number of faults, and at most
/// <see cref="AuditVerification.MaxFaults"/> of them.
/// </summary>
public sealed record AuditVerdict(
    long Events,
    string? Head,
    long FaultCount,
    IReadOnlyList<AuditFault> Faults
)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => FaultCount == 0;
}

/// <summary>What is wrong with an event; <paramref name="Sequence"/> is null where no one event is at fault.</summary>
public sealed record AuditFault(long? Sequence, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => Sequence is null ? Problem : $"event {Sequence} {Problem}";
}
