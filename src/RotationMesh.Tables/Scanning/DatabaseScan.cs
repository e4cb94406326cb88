namespace RotationMesh.Tables.Scanning;

/// <summary>What a scan of one database looked at, and what it found.</summary>
public sealed record DatabaseScan
{
    /// <summary>The database in the map.</summary>
    public required string Database { get; init; }

    /// <summary>The tables that were looked at, in the order of their names.</summary>
    public required IReadOnlyList<TableLook> Tables { get; init; }

    /// <summary>What was not looked at.</summary>
    public required IReadOnlyList<NotLookedAt> NotLookedAt { get; init; }

    /// <summary>Tenants whose keys were tried beside those that a row itself may name.</summary>
    public required int TenantsTried { get; init; }

    /// <summary>Why there may be tenants that were not tried; null where all are known.</summary>
    public string? TenantsUnknown { get; init; }

    /// <summary>Schemas, tables and columns that were left out as the operator asked, by <see cref="SkippedLocations"/>.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];
}

/// <summary>What was looked at of one table.</summary>
public sealed record TableLook
{
    /// <summary>The table with its schema.</summary>
    public required string Table { get; init; }

    /// <summary>Of a leaf that is about to be detached, the statement that ends this; null for others.</summary>
    public string? FinalizeWith { get; init; }

    /// <summary>Rows that were read.</summary>
    public required long RowsLookedAt { get; init; }

    /// <summary>Rows of the table: counted where all were read, else the server's estimate; null where it has none.</summary>
    public required long? Rows { get; init; }

    /// <summary>Whether every row was read.</summary>
    public required bool Whole { get; init; }

    /// <summary>Whether the bound on time ended the reading.</summary>
    public required bool CutShort { get; init; }

    /// <summary>Whether that was before the end of a table that was to be read wholly, rather than of a sample.</summary>
    public required bool IsUnfinished { get; init; }

    /// <summary>Rows with a value that is too large to be read, and was left out.</summary>
    public required long RowsWithLargeValues { get; init; }

    /// <summary>Whether row-level security may have hidden rows.</summary>
    public required bool RowSecurity { get; init; }

    /// <summary>The columns that were looked at.</summary>
    public required IReadOnlyList<ColumnLook> Columns { get; init; }

    /// <summary>Envelopes where the map names none.</summary>
    public required IReadOnlyList<FoundEnvelopes> Found { get; init; }

    /// <summary>Values that may be envelopes, and were not tried with every tenant and key.</summary>
    public required IReadOnlyList<UntriedValues> Untried { get; init; }
}

/// <summary>A column, and how many values of it were looked at.</summary>
public sealed record ColumnLook(string Column, long Values);

/// <summary>
/// Envelopes in a column, or at a path in its values. Of <paramref name="Values"/> values there, <paramref name="Likely"/>
/// look like an envelope, and those of <paramref name="Opened"/> open with a key of the ring.
/// </summary>
public sealed record FoundEnvelopes(
    string Column,
    string? Path,
    long Values,
    long Likely,
    IReadOnlyList<OpenedEnvelopes> Opened
);

/// <summary>Values that open with the key of a version under a context of the map.</summary>
public sealed record OpenedEnvelopes(int Version, string Context, long Values);

/// <summary>
/// Values at a place that hold what may be an envelope, also within other text, and were not tried with every tenant and
/// key.
/// </summary>
public sealed record UntriedValues(string Column, string? Path, long Values, UntriedCause Cause);

/// <summary>Why a value was not tried with every tenant and key.</summary>
public enum UntriedCause
{
    /// <summary>The key ring lacks the key of the version that is sought.</summary>
    KeyIsMissing,

    /// <summary>The row names no tenant, and not every tenant is known.</summary>
    TenantsAreUnknown,

    /// <summary>The row names no tenant, and the time to search for it was used up.</summary>
    TimeIsOver,

    /// <summary>
    /// The row names a tenant, which was tried, and the time to try others was used up. The value is of another tenant only
    /// where the row names one for some other reason, so this is the least of the causes.
    /// </summary>
    OtherTenants,
}

/// <summary>A table, or a column of one, that was not looked at.</summary>
public sealed record NotLookedAt(string Table, string? Column, string Reason, UnreadCause Cause);

/// <summary>Why a table or column was not looked at.</summary>
public enum UnreadCause
{
    /// <summary>The role may not SELECT it.</summary>
    NoRight,

    /// <summary>The role may not use the schema.</summary>
    NoUsage,

    /// <summary>Another server holds the rows.</summary>
    Foreign,

    /// <summary>The scan does not read values of this kind.</summary>
    NotRead,

    /// <summary>A materialised view that was never filled, or was emptied: it has no rows, so it holds no envelope.</summary>
    NoData,

    /// <summary>The server refused to read it, and may not refuse later: a session had it locked, say.</summary>
    MayPass,

    /// <summary>The server refused to read it.</summary>
    Refused,
}
