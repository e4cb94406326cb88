namespace RotationMesh.Operations.Documents;

/// <summary>How far a long inspection is.</summary>
public sealed record ProgressDocument
{
    /// <summary>What is being done, in the words of the saga's states.</summary>
    public required string Phase { get; init; }

    /// <summary>Rows to do altogether.</summary>
    public required long Pending { get; init; }

    /// <summary>Rows done.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Rows that verification has looked at.</summary>
    public required long Verified { get; init; }

    /// <summary>What holds it up, where something does.</summary>
    public string? Reason { get; init; }
}

/// <summary>What verification found.</summary>
public sealed record VerificationDocument
{
    /// <summary>Whether every row that was tried decrypts, none claims a retired version, and the map passes over none.</summary>
    public required bool Ok { get; init; }

    /// <summary>Rows altogether.</summary>
    public required VerificationTotals Totals { get; init; }

    /// <summary>Rows by table, in the order of the map.</summary>
    public required IReadOnlyList<VerifiedTable> Scopes { get; init; }

    /// <summary>At most <see cref="RotationDocument.MaxFailures"/> of the rows that failed.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }

    /// <summary>Rows that claim a version which was retired; they are not ok even where they decrypt.</summary>
    public IReadOnlyList<RetiredUseDocument> Retired { get; init; } = [];

    /// <summary>Databases that are standbys: the primary may have other rows.</summary>
    public IReadOnlyList<StandbyDocument> Standbys { get; init; } = [];

    /// <summary>What the counts rest on where the role does not see every row; empty where it does.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>
/// Rows, and of how many nothing failed to decrypt or something did; of external ones only what stands in the table is looked at.
/// </summary>
public sealed record VerificationTotals(long Rows, long Verified, long External, long Failed)
{
    /// <summary>Those of the verified rows that hold no value: nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted.</summary>
    public long Values { get; init; }
}

/// <summary>What verification found in one table.</summary>
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
    /// <summary>Those of the verified rows that hold no value: nothing of them was decrypted.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted.</summary>
    public long Values { get; init; }
}

/// <summary>Rows by scope, table, tenant and key version.</summary>
public sealed record CensusDocument(long Rows, IReadOnlyList<CountedTable> Scopes)
{
    /// <summary>Rows that claim a version which was retired: something still writes with its key.</summary>
    public IReadOnlyList<RetiredUseDocument> Retired { get; init; } = [];

    /// <summary>Databases that are standbys: the primary may have other rows.</summary>
    public IReadOnlyList<StandbyDocument> Standbys { get; init; } = [];

    /// <summary>What the counts rest on where the role does not see every row; empty where it does.</summary>
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

    /// <summary>Rows whose value lives elsewhere.</summary>
    public required long External { get; init; }

    /// <summary>Rows by the version that they claim (null: none that is known).</summary>
    public required IReadOnlyList<CountedVersion> Versions { get; init; }

    /// <summary>Rows by tenant and version, in the order of tenants.</summary>
    public required IReadOnlyList<CountedTenant> Tenants { get; init; }
}

/// <summary>Rows that claim a version.</summary>
public sealed record CountedVersion(long? Version, long Rows, long External);

/// <summary>Rows of a tenant that claim a version; a row counts as external or not.</summary>
public sealed record CountedTenant(string? Tenant, long? Version, bool External, long Rows);

/// <summary>Key versions of the key ring and of the rows.</summary>
public sealed record KeysDocument(int CurrentVersion, IReadOnlyList<KeyDocument> Keys)
{
    /// <summary>Rows of the map's tables.</summary>
    public long Counted { get; init; }

    /// <summary>
    /// Those of them that were decrypted without the versions that are safe to retire, or hold no value: of large tables a
    /// sample. None where no version is.
    /// </summary>
    public long Decrypted { get; init; }
}

/// <summary>
/// Use of one key version; the fingerprint is null where the key ring lacks it, the version where rows name none.
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
    /// <summary>Recorded failures of rows that claimed the version, and were not rotated since.</summary>
    public long Failures { get; init; }

    /// <summary>What keeps the version from being retired; nothing where it is safe to retire.</summary>
    public IReadOnlyList<string> InTheWay { get; init; } = [];

    /// <summary>When it was taken out of service, by an event of the audit log that somebody with the keys wrote.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Why it counts as not retired although the control schema calls it so; null where it does not.</summary>
    public string? Doubt { get; init; }

    /// <summary>Why the key ring's key of this version is not to be relied on; nothing where it is.</summary>
    public IReadOnlyList<string> RingDoubts { get; init; } = [];
}

/// <summary>What the doctor found; ok where nothing is bad.</summary>
public sealed record DoctorDocument(bool Ok, IReadOnlyList<Finding> Checks)
{
    /// <summary>What the subject of a finding about a gate begins with; the gate's name follows.</summary>
    public const string GateSubject = "gate ";

    /// <summary>What the scan looked at in each database; empty where none was asked for.</summary>
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
