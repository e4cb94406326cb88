using System.Globalization;

namespace RotationMesh.Operations.Documents;

/// <summary>The progress of a long inspection.</summary>
public sealed record ProgressDocument
{
    /// <summary>The current phase, named as the saga's states are.</summary>
    public required string Phase { get; init; }

    /// <summary>All rows to process.</summary>
    public required long Pending { get; init; }

    /// <summary>Rows processed.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Rows that verification has read.</summary>
    public required long Verified { get; init; }

    /// <summary>What holds the inspection up; null where nothing does.</summary>
    public string? Reason { get; init; }
}

/// <summary>What verification found.</summary>
public sealed record VerificationDocument
{
    /// <summary>
    /// Whether every row that was tried decrypts, no row claims a retired version, and the map passes over no row.
    /// </summary>
    public required bool Ok { get; init; }

    /// <summary>The totals of all tables.</summary>
    public required VerificationTotals Totals { get; init; }

    /// <summary>Rows by table, in the order of the map.</summary>
    public required IReadOnlyList<VerifiedTable> Scopes { get; init; }

    /// <summary>At most <see cref="RotationDocument.MaxFailures"/> of the rows that failed.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }

    /// <summary>What the operator limited it to: scopes, tenants, a sample; empty where all rows of the map were asked for.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>Rows that claim a retired version; they are not ok even where they decrypt.</summary>
    public IReadOnlyList<RetiredUseDocument> Retired { get; init; } = [];

    /// <summary>Databases that are standbys: the primary may have other rows.</summary>
    public IReadOnlyList<StandbyDocument> Standbys { get; init; } = [];

    /// <summary>
    /// Remarks: external rows that the map's predicate leaves out, what nobody read or verified, and what the counts rely on where
    /// the role does not see every row; empty where there are none.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>
/// All rows; rows in which every value decrypts; external rows, of which only what the table itself holds is read; and
/// rows in which a value does not decrypt.
/// </summary>
public sealed record VerificationTotals(long Rows, long Verified, long External, long Failed)
{
    /// <summary>Verified rows that hold no value, so that nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted.</summary>
    public long Values { get; init; }
}

/// <summary>The result of verification in one table.</summary>
public sealed record VerifiedTable(
    string Scope,
    string Database,
    string Table,
    long Rows,
    long Verified,
    long External,
    long Failed
)
{
    /// <summary>Verified rows that hold no value, so that nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted.</summary>
    public long Values { get; init; }

    /// <summary>
    /// Rows that changed each time that they were to be decrypted: neither verified nor failed, and told in a note.
    /// </summary>
    public long Changing { get; init; }
}

/// <summary>Rows by scope, table, tenant and key version.</summary>
public sealed record CensusDocument(long Rows, IReadOnlyList<CountedTable> Scopes)
{
    /// <summary>What the operator limited it to: scopes, tenants, a sample; empty where all rows of the map were asked for.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>Rows that claim a retired version: something still writes with its key.</summary>
    public IReadOnlyList<RetiredUseDocument> Retired { get; init; } = [];

    /// <summary>Databases that are standbys: the primary may have other rows.</summary>
    public IReadOnlyList<StandbyDocument> Standbys { get; init; } = [];

    /// <summary>What the counts rely on where the role does not see every row; empty where it sees all.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Rows of one table.</summary>
public sealed record CountedTable
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>All rows.</summary>
    public required long Rows { get; init; }

    /// <summary>External rows, whose value lives outside the table.</summary>
    public required long External { get; init; }

    /// <summary>Rows by the version that they claim; null for rows without a known version.</summary>
    public required IReadOnlyList<CountedVersion> Versions { get; init; }

    /// <summary>Rows by tenant and version, in the order of tenants.</summary>
    public required IReadOnlyList<CountedTenant> Tenants { get; init; }
}

/// <summary>Rows that claim a version.</summary>
public sealed record CountedVersion(long? Version, long Rows, long External);

/// <summary>Rows of a tenant that claim a version; external rows are counted apart.</summary>
public sealed record CountedTenant(string? Tenant, long? Version, bool External, long Rows);

/// <summary>Key versions of the key ring and of the rows.</summary>
public sealed record KeysDocument(int CurrentVersion, IReadOnlyList<KeyDocument> Keys)
{
    /// <summary>Rows of the map's tables.</summary>
    public long Counted { get; init; }

    /// <summary>
    /// Rows that were decrypted without the versions that are safe to retire, or that hold no value; for large tables,
    /// rows of a sample. Zero where no version is safe to retire.
    /// </summary>
    public long Decrypted { get; init; }

    /// <summary>Those of them that hold no value, so that nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>
    /// External values that nobody can decrypt, and objects that nobody reads: whatever their rows claim, they may need any key.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Every detached leaf that prevents the retirement of all versions.</summary>
    public IReadOnlyList<DetachedLeaf> DetachedLeaves { get; init; } = [];

    /// <summary>What "safe to retire" rests on, which is less than a retirement needs; null where no version is.</summary>
    public string? Basis =>
        Keys.Any(version => version.SafeToRetire)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Safe to retire means that no row claims the version, and that {Decrypted:N0} of {Counted:N0} rows were decrypted without its key"
            )
                + (
                    Empty == 0
                        ? ""
                        : string.Create(CultureInfo.InvariantCulture, $" ({Empty:N0} of them hold no value)")
                )
                + ". 'keys retire' awaits open transactions, decrypts all rows, and scans what the map does not name."
            : null;
}

/// <summary>
/// Use of one key version. The fingerprint is null where the key ring lacks the version; the version is null for rows
/// that name none.
/// </summary>
public sealed record KeyDocument(
    long? Version,
    string? Fingerprint,
    bool Current,
    long Rows,
    long External,
    bool SafeToRetire
)
{
    /// <summary>Recorded failures of rows that claimed the version and have not been rotated since.</summary>
    public long Failures { get; init; }

    /// <summary>What keeps the version from being retired; empty where it is safe to retire.</summary>
    public IReadOnlyList<string> InTheWay { get; init; } = [];

    /// <summary>When it was retired, by an event of the audit log that a holder of the keys wrote.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>
    /// Why it counts as not retired although the control schema says that it is; null where there is no such
    /// contradiction.
    /// </summary>
    public string? Doubt { get; init; }

    /// <summary>Why the key ring's key of this version is not to be trusted; empty where it is.</summary>
    public IReadOnlyList<string> RingDoubts { get; init; } = [];
}

/// <summary>The findings of <c>doctor</c>; ok where none is bad.</summary>
public sealed record DoctorDocument(bool Ok, IReadOnlyList<Finding> Checks)
{
    /// <summary>How the subject of a finding about a gate begins; the gate's name follows.</summary>
    public const string GateSubject = "gate ";

    /// <summary>The result of the scan of each database; empty where no scan was asked for.</summary>
    public IReadOnlyList<ScanDocument> Scans { get; init; } = [];
}

/// <summary>One thing that was checked.</summary>
public sealed record Finding(Verdict Verdict, string Subject, string Message, string? Fix);

/// <summary>Whether a rotation may start.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>A rotation may start, but somebody should know.</summary>
    Warning,

    /// <summary>A rotation would be refused, or leave rows behind.</summary>
    Bad,
}
