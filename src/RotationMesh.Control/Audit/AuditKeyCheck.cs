namespace RotationMesh.Control.Audit;

/// <summary>
/// Holds the events of a chain, one after the other, against the keys of a ring. A code that holds vouches for every event
/// before it, because its hash covers them. Without a ring nothing is held, and only who is missing a code is found.
/// </summary>
/// <param name="seal">The keys.</param>
/// <param name="unkeyedUpTo">Up to which position events may be from before the log was keyed; null: there is no bound.</param>
internal sealed class AuditKeyCheck(AuditSeal? seal, long? unkeyedUpTo)
{
    private readonly List<OldRun> oldRuns = [];
    private readonly List<string> doubts = [];
    private readonly List<string> notes = [];
    private long unheld;
    private int unheldVersion;
    private long byOld;
    private int oldVersion;
    private int newestVersion;
    private int previousVersion;
    private bool isBroken;

    /// <summary>Position of the first event that is keyed; null where none is.</summary>
    public long? KeyedFrom { get; private set; }

    /// <summary>Position of the newest event up to which the log is vouched for; 0 where it is not.</summary>
    public long VouchedUpTo { get; private set; }

    /// <summary>What is true and should be known, and is nobody's fault.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>What is wrong with an event whose hash and place are right; null where nothing is.</summary>
    public string? FindFault(AuditEvent read)
    {
        if (read is not { KeyVersion: { } version, Mac: { } mac })
            return KeyedFrom is not null
                    ? "bears no code of a key, and events before it do: it was put there later"
                : read.Sequence > unkeyedUpTo
                    ? $"bears no code of a key, and the log was keyed from event {unkeyedUpTo + 1} on"
                : null;
        KeyedFrom ??= read.Sequence;
        NoteOrder(read.Sequence, version);
        if (seal is null || !seal.Holds(version))
        {
            (unheld, unheldVersion) = (read.Sequence, version);
            return null;
        }

        if (!AuditSeal.Same(seal.OfEvent(version, read.Hash), mac))
            return $"was not written with key version {version} of this key ring: whoever wrote it did not have the key";
        if (!seal.MayVouch(version))
            (byOld, oldVersion) = (read.Sequence, version);
        else if (!isBroken)
            VouchedUpTo = read.Sequence;
        return null;
    }

    /// <summary>The writer of an event did not believe those before it: nothing after them vouches for them any more.</summary>
    public void Break(long sequence)
    {
        isBroken = true;
        doubts.Add(
            $"Event {sequence} begins a chain of its own: when it was written, the log did not end as somebody with the keys "
                + "had left it. Events before it were changed or cut off, or are nobody's"
        );
    }

    /// <summary>An event that an operator has noted elsewhere vouches for all before it.</summary>
    public void Vouch(long sequence)
    {
        VouchedUpTo = long.Max(VouchedUpTo, sequence);
        oldRuns.RemoveAll(run => run.To <= sequence);
    }

    /// <summary>What is wrong with the record of the newest event; null where nothing is, or its key is not here.</summary>
    public string? FindFault(AuditHead head) =>
        seal is null || !seal.Holds(head.KeyVersion) || seal.IsSound(head)
            ? null
            : $"is not what the record of the newest event says under key version {head.KeyVersion}: whoever wrote the record did not have the key";

    /// <summary>Where the events begin that are keyed, but by versions that are not here; null where the rest is vouched for.</summary>
    public (long From, int Version)? FindUnheld() =>
        unheld > long.Max(VouchedUpTo, byOld)
            ? (long.Max(VouchedUpTo + 1, KeyedFrom ?? 0), unheldVersion)
            : null;

    /// <summary>Why the log is not vouched for although nothing is wrong with it, when all of it is read.</summary>
    public IReadOnlyList<string> FindDoubts(long newest)
    {
        var found = doubts.Concat(oldRuns.Select(run => run.Explain())).ToList();
        if (seal is not null && byOld == newest && byOld > VouchedUpTo)
            found.Add(
                $"{(VouchedUpTo == 0 ? "The events" : $"The events after {VouchedUpTo}")} are sealed with no newer key than version "
                    + $"{oldVersion}, and {seal.CurrentVersion} is current: whoever kept the old key may have written them. "
                    + "Give what was noted with --expect"
            );
        return found;
    }

    // Versions go up with time. Whoever kept an old key can go on writing with it; a ring may also have been set back.
    private void NoteOrder(long sequence, int version)
    {
        if (seal is not null && version < newestVersion)
        {
            if (version < seal.CurrentVersion)
                NoteOld(sequence, version);
            else if (version < previousVersion)
                notes.Add(
                    $"Event {sequence} is sealed with key version {version}, and one before it with version {newestVersion}: the "
                        + "ring's current version was set back"
                );
        }

        (newestVersion, previousVersion) = (int.Max(newestVersion, version), version);
    }

    private void NoteOld(long sequence, int version)
    {
        if (oldRuns is [.., var last] && last.To == sequence - 1)
            oldRuns[^1] = last with { To = sequence };
        else
            oldRuns.Add(new OldRun(sequence, sequence, version, newestVersion));
    }

    /// <summary>Events that are sealed with an older key than one before them.</summary>
    private sealed record OldRun(long From, long To, int Version, int Newest)
    {
        public string Explain() =>
            $"{(From == To ? $"Event {From} is" : $"Events {From} to {To} are")} sealed with key version {Version}, and one before with "
            + $"version {Newest}: the ring's current version was set back then, or whoever kept the old key wrote there. Give "
            + "what was noted later with --expect";
    }
}
