using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>One table of an inspection: its census, and what was found since.</summary>
internal sealed class TableRun(MappedTable target)
{
    private long rotated;
    private long failed;
    private long conflicts;
    private long undecryptable;
    private long verified;
    private long empty;
    private long values;
    private long changing;
    private NewerOutcome? newer;

    public MappedTable Target { get; } = target;

    /// <summary>The leaves to read; null for all of them.</summary>
    public IReadOnlySet<SqlName>? Only { get; set; }

    /// <summary>When its reading began: before its leaves were listed.</summary>
    public ReadingStart? Start { get; set; }

    /// <summary>Whether all its rows are read, whatever share was asked for.</summary>
    public bool IsReadWhole { get; set; }

    /// <summary>Whether verification read too few rows for what the census counted.</summary>
    public bool HasMissed { get; set; }

    /// <summary>
    /// Number of rows that verification passed over, of those that there were when the newer ones were read; none is where it
    /// saw all. Null where those were not read.
    /// </summary>
    public long? PassedOver =>
        newer is null ? null : Math.Max(0, Counted.Stored - newer.Met - Interlocked.Read(ref verified));

    /// <summary>The last census.</summary>
    public RowsByVersion Counted { get; set; } = new(target, []);

    /// <summary>Envelopes that stand in the table at its external rows; null where nobody looked.</summary>
    public InlineValues? Inline { get; set; }

    /// <summary>For each version, whether a sample of its values decrypts with its key.</summary>
    public IReadOnlyList<ProbeResult> Sampled { get; set; } = [];

    /// <summary>Rows that verification could not decrypt.</summary>
    public long Undecryptable => Interlocked.Read(ref undecryptable) + Newer.Failed;

    /// <summary>Rows that verification tried. One that was written after it was read counts twice.</summary>
    public long Verified => Interlocked.Read(ref verified) + Newer.Verified;

    /// <summary>Rows that changed each time that verification was to decrypt them.</summary>
    public long Changing => Interlocked.Read(ref changing) + Newer.Contended;

    /// <summary>
    /// Whether the table has to be read once more: verification found no leaf by the name of one that it was to read, or the
    /// server was started anew.
    /// </summary>
    public bool IsMissing { get; private set; }

    /// <summary>Rows that were read, or would be rotated, and hold no value.</summary>
    public long Empty => Interlocked.Read(ref empty) + Newer.Empty;

    /// <summary>Values that were decrypted.</summary>
    public long Values => Interlocked.Read(ref values) + Newer.Values;

    /// <summary>Rows that can't be rotated.</summary>
    public long Failed => Interlocked.Read(ref failed);

    public long Rotated => Interlocked.Read(ref rotated);

    public long Conflicts => Interlocked.Read(ref conflicts);

    private RowCounts Newer => newer?.Counts ?? RowCounts.None;

    /// <summary>
    /// Returns the share of its rows to decrypt, 0 to 1; null for all of them. A table that is read whole stays so, whatever a
    /// later count says.
    /// </summary>
    public double? Share(VerificationRequest request)
    {
        var share = request.Share(Counted.Holding);
        IsReadWhole |= share is null or >= 1;
        return IsReadWhole ? null : share;
    }

    public void AddRotated(RowCounts counts)
    {
        Interlocked.Add(ref rotated, counts.Rotated);
        Interlocked.Add(ref failed, counts.Failed);
        Interlocked.Add(ref conflicts, counts.Conflicts);
        Interlocked.Add(ref empty, counts.Empty);
        Interlocked.Add(ref values, counts.Values);
    }

    public void AddVerified(VerificationOutcome outcome)
    {
        if (outcome.IsMissing)
            IsMissing = true;
        Interlocked.Add(ref verified, outcome.Counts.Verified);
        Interlocked.Add(ref undecryptable, outcome.Counts.Failed);
        Interlocked.Add(ref changing, outcome.Counts.Contended);
        Interlocked.Add(ref empty, outcome.Counts.Empty);
        Interlocked.Add(ref values, outcome.Counts.Values);
    }

    /// <summary>
    /// Takes what was found in all rows that are newer than the start, with the count under the same snapshot; null where that
    /// proves nothing. It replaces what was found before.
    /// </summary>
    public void SetNewer(NewerOutcome? found)
    {
        newer = found;
        if (found is null)
            IsMissing = true;
        else
            Counted = new RowsByVersion(Target, found.Counted);
    }

    /// <summary>
    /// Returns the totals of a dry run by its census. Rows that failed can't be rotated, the others could be. Where
    /// the run was <paramref name="stopped"/>, the rows that it did not try are pending.
    /// </summary>
    public TableTotals Totals(int version, bool stopped, bool ofAllTenants)
    {
        var pending = Counted.Pending(version);
        var done = stopped ? Rotated : Math.Max(0, pending - Failed);
        return new TableTotals
        {
            Scope = Target.Entry.Scope,
            Database = Target.Entry.Database,
            Table = Target.Entry.Name,
            Rotated = done,
            Current = Counted.Stored - pending,
            Empty = Math.Min(done, Empty) + Counted.Empty(version),
            External = Counted.External,
            Failed = Failed,
            Conflicts = Conflicts,
            Pending = stopped ? Math.Max(0, pending - done - Failed) : 0,
            Sparse = ofAllTenants ? ColumnLook.Sparse(Counted) : [],
        };
    }
}
