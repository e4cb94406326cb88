namespace RotationMesh.Core.Map;

/// <summary>A table of a scope: how its rows are found, and which of its columns hold envelopes.</summary>
public sealed record TableEntry
{
    /// <summary>Name of the scope that the table belongs to.</summary>
    public required string Scope { get; init; }

    /// <summary>The table as written in the map, parsed.</summary>
    public required SqlName Table { get; init; }

    /// <summary>
    /// Whether the entry leaves out the rows of tables that inherit from this one, as ONLY does in SQL: a history of
    /// copies, say, which has another key. Those rows are rotated only where the map has entries for their tables.
    /// </summary>
    public bool Only { get; init; }

    /// <summary>Name of the map's database that holds the table.</summary>
    public required string Database { get; init; }

    /// <summary>Columns that identify a row; more than one for a composite key.</summary>
    public required IReadOnlyList<SqlIdentifier> Key { get; init; }

    /// <summary>Column that names the tenant of a row.</summary>
    public required SqlIdentifier Tenant { get; init; }

    /// <summary>Tenant whose key a row with a NULL tenant uses; null where such rows must not exist.</summary>
    public string? TenantWhenNull { get; init; }

    /// <summary>
    /// For a tenant column of type <c>char(n)</c>: whether keys are derived from its values padded to their length, as
    /// drivers give them to applications. Null where the map does not say, which means without padding.
    /// </summary>
    public bool? TenantPadding { get; init; }

    /// <summary>Integer column that holds the key version of the row's envelopes.</summary>
    public required SqlIdentifier Version { get; init; }

    /// <summary>Key version of a row whose version column is NULL; null where such rows must not exist.</summary>
    public int? VersionWhenNull { get; init; }

    /// <summary>SQL predicate of rows whose value lives outside the table; null where there are none.</summary>
    public string? External { get; init; }

    /// <summary>Store of the values of those rows, which are then rotated too; null where the map names none.</summary>
    public ExternalStoreEntry? ExternalStore { get; init; }

    /// <summary>Session setting that the table's row-level security policies read; null where there is none.</summary>
    public RowLevelSecurity? RowLevelSecurity { get; init; }

    /// <summary>
    /// Largest stored value that is rotated, in bytes: a worker needs a multiple of it in memory. A row with a larger
    /// value fails, and stays as it is.
    /// </summary>
    public long LargestValue { get; init; } = DefaultLargestValue;

    /// <summary>The default, 64 MiB.</summary>
    public const long DefaultLargestValue = 64 * 1024 * 1024;

    /// <summary>The encrypted columns; never empty.</summary>
    public required IReadOnlyList<ColumnEntry> Columns { get; init; }

    /// <summary>
    /// Columns that rotations were for and that the map leaves out on purpose, each with its dotted path where it had one:
    /// <c>memo</c>, <c>settings.api.secret</c>. Any other of them that holds values is an error.
    /// </summary>
    public IReadOnlyList<string> FormerColumns { get; init; } = [];

    /// <summary>Line of the table in the map file.</summary>
    public required int Line { get; init; }

    /// <summary>Logical name that messages, the ledger and reports use: the table as the operator wrote it.</summary>
    public string Name => Table.ToString();

    /// <summary>Scope, database and logical name.</summary>
    public TableName FullName => new(Scope, Database, Name);

    /// <summary>The table's name as the map writes it, where it contains a variable; null where it does not.</summary>
    public string? Written { get; init; }

    /// <summary>
    /// The name for an error about a table that the database may lack; it does not show a variable's value.
    /// </summary>
    public string Shown => Written ?? Name;

    /// <summary>
    /// Whether SQL of the map (<see cref="External"/>, or the setting or query of <see cref="RowLevelSecurity"/>)
    /// contains a variable's value, which an error of the server may then quote.
    /// </summary>
    public bool HasSqlFromVariable { get; init; }
}

/// <summary>
/// An encrypted column: its envelope format, the context of key derivation, and for <c>jsonb</c> the dotted path of
/// the string inside the document.
/// </summary>
public sealed record ColumnEntry(
    SqlIdentifier Name,
    string Format,
    string Context,
    IReadOnlyList<string>? Path,
    int Line
)
{
    /// <summary>
    /// Whether most rows, or all, may hold no value there. Without this, a column that is mostly empty counts as a wrong
    /// name, because the values under the right name would keep their old key.
    /// </summary>
    public bool MostlyEmpty { get; init; }

    /// <summary>The path with dots between its parts; empty for the whole value.</summary>
    public string DottedPath => Path is null ? "" : string.Join('.', Path);

    /// <summary>The column's name, with the path after a dot where it has one: as records of rotations have it.</summary>
    public string FullName => Path is null ? Name.Name : $"{Name.Name}.{DottedPath}";

    /// <summary>The path as the map writes it, where it contains a variable; null where it does not.</summary>
    public string? WrittenPath { get; init; }

    /// <summary>The column for people, with its path where it has one; it does not show a variable's value.</summary>
    public string Shown =>
        Path is null ? Name.Shown
        : Path.Count == 0 && WrittenPath is null ? $"{Name.Shown} (the whole document)"
        : $"{Name.Shown} (path {WrittenPath ?? DottedPath})";
}

/// <summary>
/// How a role without BYPASSRLS sees the rows of one tenant: each transaction sets <paramref name="Setting"/> to the
/// tenant. <paramref name="Tenants"/> is a query that lists the tenants where no foreign key does.
/// </summary>
public sealed record RowLevelSecurity(string Setting, string? Tenants);
