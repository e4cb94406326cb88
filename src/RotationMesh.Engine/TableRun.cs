using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;
using RotationMesh.Postgres.Target.Verification;

namespace RotationMesh.Engine;

/// <summary>One table of a rotation: what the last census said of it, and what was done to it since the start.</summary>
internal sealed class TableRun(TableTarget target)
{
    private long rotated;
    private long conflicts;
    private long undecryptable;
    private long verified;

    public TableTarget Target { get; } = target;

    /// <summary>The last census.</summary>
    public IReadOnlyList<VersionCount> Counts { get; set; } = [];

    /// <summary>Rows that verification could not decrypt.</summary>
    public long Undecryptable => Interlocked.Read(ref undecryptable);

    /// <summary>Rows that verification tried.</summary>
    public long Verified => Interlocked.Read(ref verified);

    public long Rotated => Interlocked.Read(ref rotated);

    public long Conflicts => Interlocked.Read(ref conflicts);

    public void Add(PartitionOutcome outcome)
    {
        Interlocked.Add(ref rotated, outcome.Rotated);
        Interlocked.Add(ref conflicts, outcome.Conflicts);
    }

    public void Add(VerificationOutcome outcome)
    {
        Interlocked.Add(ref verified, outcome.Rows);
        Interlocked.Add(ref undecryptable, outcome.Failures.Count);
    }

    /// <summary>All rows whose value is in the table.</summary>
    public long Stored => Counts.Where(count => !count.External).Sum(count => count.Rows);

    /// <summary>Rows that are not at <paramref name="version"/> by the last census.</summary>
    public long Pending(int version) =>
        Counts.Where(count => !count.External && count.Version != version).Sum(count => count.Rows);

    /// <summary>
    /// Totals of a rotation that went to its end, by the closing census, so that they add up to the rows of the table:
    /// a row counts as rotated if it is at the target version and this run wrote one.
    /// </summary>
    public TableTotals Closing(int version)
    {
        var pending = Pending(version);
        var reached = Stored - pending;
        var done = Math.Min(Rotated, reached);
        return Totals(done, reached - done, pending, 0);
    }

    /// <summary>
    /// Totals by the opening census and the rows counted since, for a dry run, or one that was stopped:
    /// <paramref name="failed"/> rows can't be rotated, and what is neither is still pending.
    /// </summary>
    public TableTotals Opening(int version, long failed, bool stopped)
    {
        var pending = Pending(version);
        var done = stopped ? Rotated : Math.Max(0, pending - failed);
        return Totals(done, Stored - pending, failed, stopped ? Math.Max(0, pending - done - failed) : 0);
    }

    // A row at the target version that verification can't decrypt is a failure, whoever wrote it.
    private TableTotals Totals(long rotated, long current, long failed, long pending)
    {
        var unreadable = Math.Min(Undecryptable, current + rotated);
        var fromCurrent = Math.Min(unreadable, current);
        return new TableTotals
        {
            Scope = Target.Entry.Scope,
            Database = Target.Entry.Database,
            Table = Target.Entry.Name,
            Rotated = rotated - (unreadable - fromCurrent),
            Current = current - fromCurrent,
            External = Counts.Where(count => count.External).Sum(count => count.Rows),
            Failed = failed + unreadable,
            Conflicts = Conflicts,
            Pending = pending,
        };
    }
}
