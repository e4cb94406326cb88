namespace RotationMesh.Control.Audit;

/// <summary>
/// Checks the events of a chain, one after the other, against the keys of a ring. A right code vouches for every event
/// before it too, because its hash covers them. Without a ring no code is checked, and only a missing one is found.
/// </summary>
/// <param name="seal">The keys.</param>
/// <param name="unkeyedUpTo">Position up to which events may date from before the log was keyed; null: no bound.</param>
internal sealed class AuditKeyCheck(AuditSeal? seal, long? unkeyedUpTo)
{
    private readonly List<OldRun> oldRuns = [];
    private readonly List<string> doubts = [];
    private readonly List<string> notes = [];
    private long coded;
    private long unheld;
    private int unheldVersion;
    private long byOld;
    private int oldVersion;
    private int newestVersion;
    private int previousVersion;
    private bool beganAnew;

    /// <summary>Position of the first event that is keyed; null where none is.</summary>
    public long? KeyedFrom { get; private set; }

    /// <summary>
    /// Position of the first event that is missing, does not fit, or begins a chain of its own; null where there is none. A
    /// later code does not vouch across it: later events are checked all the same, and each fault and break of theirs is told.
    /// </summary>
    public long? BrokenAt { get; private set; }

    /// <summary>Position up to which the log is vouched for; 0 where none of it is.</summary>
    public long VouchedUpTo { get; private set; }

    /// <summary>What an operator should know although nothing is wrong.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Returns what is wrong with the code of an event; null where nothing is.</summary>
    public string? FindFault(AuditEvent read)
    {
        var fault = Judge(read);
        if (fault is not null)
            BreakAt(read.Sequence);
        return fault;
    }

    /// <summary>Records that the event at a position is missing, or that its hash or place is wrong.</summary>
    public void BreakAt(long sequence) => BrokenAt ??= sequence;

    /// <summary>Records that an event's writer did not trust the events before it: no later code vouches for them.</summary>
    public void Break(long sequence)
    {
        beganAnew = true;
        BreakAt(sequence);
        doubts.Add(
            $"Event {sequence} begins a chain of its own: when it was written, the log did not end as somebody with the keys "
                + "had left it. Events before it were changed or cut off, or are nobody's"
        );
    }

    /// <summary>
    /// Lets an event that an operator noted elsewhere vouch for itself and all events before it, if the chain is whole up to
    /// there. Call it after the last event.
    /// </summary>
    public void Vouch(long sequence)
    {
        coded = long.Max(coded, sequence);
        if (BrokenAt is null || sequence < BrokenAt)
            VouchedUpTo = long.Max(VouchedUpTo, sequence);
        oldRuns.RemoveAll(run => run.To <= sequence);
    }

    /// <summary>Returns what is wrong with the record of the newest event; null where nothing is or its key is absent.</summary>
    public string? FindFault(AuditHead head) =>
        seal is null || !seal.Holds(head.KeyVersion) || seal.IsSound(head)
            ? null
            : $"is not what the record of the newest event says under key version {head.KeyVersion}: whoever wrote the record did not have the key";

    /// <summary>
    /// Returns where the events begin that nothing vouches for, because the ring lacks their key versions; null where there
    /// are none, or a later event is checked.
    /// </summary>
    public (long From, int Version)? FindUnheld() =>
        unheld > long.Max(coded, byOld) ? (long.Max(coded + 1, KeyedFrom ?? 0), unheldVersion) : null;

    /// <summary>Returns why the log is not vouched for although nothing is wrong with it. Call it after the last event.</summary>
    public IReadOnlyList<string> FindDoubts(long newest)
    {
        var found = doubts.Concat(oldRuns.Select(run => run.Explain())).ToList();
        if (seal is not null && byOld == newest && byOld > coded)
            found.Add(
                $"{(coded == 0 ? "The events" : $"The events after {coded}")} are sealed with no newer key than version "
                    + $"{oldVersion}, and {seal.CurrentVersion} is current: whoever kept the old key may have written them. "
                    + "Give what was noted with --expect"
            );
        return found;
    }

    private string? Judge(AuditEvent read)
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
        if (read.IsOfItsOwnKey)
            return $"retires version {version} by the key of that version, which is never done: whoever wrote it had no other key";
        if (!seal.MayVouch(version))
            (byOld, oldVersion) = (read.Sequence, version);
        else if (!beganAnew)
            coded = read.Sequence;
        if (coded == read.Sequence && BrokenAt is null)
            VouchedUpTo = coded;
        return null;
    }

    // Versions go up with time. A lower one is by somebody who kept an old key, or of a ring that was set back.
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
