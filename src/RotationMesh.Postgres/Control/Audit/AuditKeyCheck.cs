namespace RotationMesh.Postgres.Control.Audit;

/// <summary>
/// Holds the events of a chain, one after the other, against the keys of a ring. A code that holds vouches for every event
/// before it, because its hash covers them. Without a ring nothing is held, and only who is missing a code is found.
/// </summary>
internal sealed class AuditKeyCheck(AuditSeal? seal)
{
    private long unheld;
    private int unheldVersion;

    /// <summary>Position of the first event that is keyed; null where none is.</summary>
    public long? KeyedFrom { get; private set; }

    /// <summary>Position of the newest event up to which the log is vouched for; 0 where it is not.</summary>
    public long VouchedUpTo { get; private set; }

    /// <summary>What is wrong with an event whose hash and place are right; null where nothing is.</summary>
    public string? FindFault(AuditEvent read)
    {
        if (read is not { KeyVersion: { } version, Mac: { } mac })
            return KeyedFrom is null
                ? null
                : "bears no code of a key, and events before it do: it was put there later";
        KeyedFrom ??= read.Sequence;
        if (seal is null || !seal.Holds(version))
        {
            (unheld, unheldVersion) = (read.Sequence, version);
            return null;
        }

        if (!AuditSeal.Same(seal.OfEvent(version, read.Hash), mac))
            return $"was not written with key version {version} of this key ring: whoever wrote it did not have the key";
        VouchedUpTo = read.Sequence;
        return null;
    }

    /// <summary>An event that an operator has noted elsewhere vouches for all before it.</summary>
    public void Vouch(long sequence) => VouchedUpTo = long.Max(VouchedUpTo, sequence);

    /// <summary>What is wrong with the record of the newest event; null where nothing is, or its key is not here.</summary>
    public string? FindFault(AuditHead head) =>
        seal is null
        || !seal.Holds(head.KeyVersion)
        || AuditSeal.Same(seal.OfHead(head.KeyVersion, head.Sequence, head.Hash), head.Mac)
            ? null
            : $"is not what the record of the newest event says under key version {head.KeyVersion}: whoever wrote the record did not have the key";

    /// <summary>Where the events begin that are keyed, but by versions that are not here; null where the rest is vouched for.</summary>
    public (long From, int Version)? FindUnheld() =>
        unheld > VouchedUpTo ? (long.Max(VouchedUpTo + 1, KeyedFrom ?? 0), unheldVersion) : null;
}
