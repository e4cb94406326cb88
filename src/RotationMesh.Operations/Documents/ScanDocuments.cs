using System.Text.Json.Serialization;

namespace RotationMesh.Operations.Documents;

/// <summary>The result of a scan of one database for envelopes that the map does not name.</summary>
public sealed record ScanDocument
{
    /// <summary>The database, as the map names it.</summary>
    public required string Database { get; init; }

    /// <summary>The tables that were scanned.</summary>
    public required IReadOnlyList<ScannedTable> Tables { get; init; }

    /// <summary>What was not scanned.</summary>
    public required IReadOnlyList<UnscannedDocument> NotLookedAt { get; init; }

    /// <summary>Number of tenants whose keys were tried, besides the tenants that a row itself may name.</summary>
    public required int TenantsTried { get; init; }

    /// <summary>Why there may be tenants that were not tried; null where all are known.</summary>
    public string? TenantsUnknown { get; init; }

    /// <summary>Schemas, tables and columns that were left out, as the operator chose.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];
}

/// <summary>The scan of one table, materialised view or partition.</summary>
public sealed record ScannedTable
{
    /// <summary>The table with its schema.</summary>
    public required string Table { get; init; }

    /// <summary>
    /// The statement that ends the detaching of a partition which is about to be detached
    /// (<c>DETACH PARTITION … CONCURRENTLY</c> still runs, or was interrupted): queries of its table omit it. Null for others.
    /// </summary>
    public string? FinalizeWith { get; init; }

    /// <summary>Rows that were read.</summary>
    public required long RowsLookedAt { get; init; }

    /// <summary>
    /// All rows of the table: counted where all were read, else the server's estimate; null where it has none.
    /// </summary>
    public required long? Rows { get; init; }

    /// <summary>Whether every row was read.</summary>
    public required bool Whole { get; init; }

    /// <summary>Whether the bound on time ended the reading.</summary>
    public required bool CutShort { get; init; }

    /// <summary>Whether that was before the end of a table that was to be read wholly, rather than of a sample.</summary>
    [JsonIgnore]
    public bool IsUnfinished { get; init; }

    /// <summary>Rows with a value that was too large to be read.</summary>
    public required long RowsWithLargeValues { get; init; }

    /// <summary>Whether row-level security may have hidden rows.</summary>
    public required bool RowSecurity { get; init; }

    /// <summary>The columns that were scanned.</summary>
    public required IReadOnlyList<ScannedColumn> Columns { get; init; }

    /// <summary>Envelopes where the map names none.</summary>
    public required IReadOnlyList<FoundDocument> Found { get; init; }

    /// <summary>Values that may be envelopes, and were not tried with every tenant and key.</summary>
    public required IReadOnlyList<UntriedDocument> Untried { get; init; }

    /// <summary>Whether every row was read, and each value in it that may be an envelope tried with every tenant and key.</summary>
    [JsonIgnore]
    public bool IsExhausted => Whole && Untried.Count == 0;
}

/// <summary>A column, and how many of its values were scanned.</summary>
public sealed record ScannedColumn(string Column, long Values);

/// <summary>
/// Envelopes in a column, or at a path in its values: how many values were seen there, how many of them look like
/// envelopes, and how many open with a key of the ring.
/// </summary>
public sealed record FoundDocument(
    string Column,
    string? Path,
    long Values,
    long LookLikeEnvelopes,
    IReadOnlyList<OpenedDocument> Opened
);

/// <summary>Values that open with the key of a version under a context of the map.</summary>
public sealed record OpenedDocument(int Version, string Context, long Values);

/// <summary>
/// Values of a column, or at a path in them, that may be envelopes, alone or inside other text, and were not tried with
/// every tenant and key. The cause is <c>KeyIsMissing</c>, <c>TenantsAreUnknown</c>, <c>TimeIsOver</c> or, where the tenant
/// that their row names was tried, <c>OtherTenants</c>.
/// </summary>
public sealed record UntriedDocument(string Column, string? Path, long Values, string Cause);

/// <summary>
/// A table or column that was not scanned. <paramref name="MayPass"/> says that a later scan may succeed, where a session has the
/// table locked, say.
/// </summary>
public sealed record UnscannedDocument(string Table, string? Column, string Reason, bool MayPass = false)
{
    /// <summary>
    /// The kind of reason: <c>NoRight</c>, <c>NoUsage</c> (of the schema), <c>Foreign</c>, <c>NotRead</c> (a type that no scan
    /// reads), <c>NoData</c> (a materialised view without rows), <c>MayPass</c> or <c>Refused</c>.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>The name by which <c>--skip-scan-of</c> leaves it out.</summary>
    public string? Place { get; init; }
}
