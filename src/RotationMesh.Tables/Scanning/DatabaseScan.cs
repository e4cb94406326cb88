namespace RotationMesh.Tables.Scanning;

/// <summary>What a scan of one database looked at, and what it found.</summary>
public sealed record DatabaseScan
{
    /// <summary>The database in the map.</summary>
    public required string Database { get; init; }

    /// <summary>The tables that were looked at, in the order of their names.</summary>
    public required IReadOnlyList<TableLook> Tables { get; init; }

    /// <summary>What could not be looked at.</summary>
    public required IReadOnlyList<NotLookedAt> NotLookedAt { get; init; }

    /// <summary>Tenants whose keys were tried beside those that a row itself may name.</summary>
    public required int TenantsTried { get; init; }

    /// <summary>Why there may be tenants that were not tried; null where all are known.</summary>
    public string? TenantsUnknown { get; init; }

    /// <summary>Tables and columns that were left out as the operator asked, by <see cref="SkippedLocations"/>.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];
}

/// <summary>What was looked at of one table.</summary>
public sealed record TableLook
{
    /// <summary>The table with its schema.</summary>
    public required string Table { get; init; }

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
}

/// <summary>A table (null: no table holds it), or a column of one, that could not be looked at.</summary>
public sealed record NotLookedAt(string? Table, string? Column, string Reason, bool MayPass = false);
