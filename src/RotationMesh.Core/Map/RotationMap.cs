using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Map;

/// <summary>
/// What rotates: databases, envelope formats and scopes, as the operator wrote them in <c>rotation.yaml</c>. It is the
/// only source of table names, column names and connection strings.
/// </summary>
public sealed record RotationMap
{
    /// <summary>File that the map was read from; error messages name it.</summary>
    public required string Path { get; init; }

    /// <summary>Databases in the order of the file. The first one holds the control schema by default.</summary>
    public required IReadOnlyList<DatabaseEntry> Databases { get; init; }

    /// <summary>Npgsql connection string of the control database (schema <c>rotationmesh</c>).</summary>
    public required string ControlConnectionString { get; init; }

    /// <summary>Line of the section <c>control</c>; errors about a control database of its own name it.</summary>
    public int ControlLine { get; init; } = 1;

    /// <summary>The control database: the first of the map, or one of its own.</summary>
    public DatabaseEntry Control =>
        ControlConnectionString == Databases[0].ConnectionString
            ? Databases[0]
            : new DatabaseEntry("control", ControlConnectionString, ControlLine);

    /// <summary>Envelope formats in the order of the file.</summary>
    public required IReadOnlyList<FormatEntry> Formats { get; init; }

    /// <summary>Scopes in the order of the file.</summary>
    public required IReadOnlyList<ScopeEntry> Scopes { get; init; }

    /// <summary>The gates, in the order of the file.</summary>
    public IReadOnlyList<GateEntry> Gates { get; init; } = [];

    /// <summary>The requests to the application once a rotation has been verified, in the order of the file.</summary>
    public IReadOnlyList<PostCheckEntry> PostChecks { get; init; } = [];

    /// <summary>How much is decrypted again after a rotation, where the operator does not say otherwise.</summary>
    public VerificationShare Verify { get; init; } = VerificationShare.Default;

    /// <summary>Every table of every scope.</summary>
    public IEnumerable<TableEntry> Tables => Scopes.SelectMany(scope => scope.Tables);

    /// <summary>Returns the entry of a table; null where the map has none.</summary>
    public TableEntry? Find(TableName table) => Tables.FirstOrDefault(entry => entry.FullName == table);

    /// <summary>
    /// Returns the database of that name. Throws <see cref="KeyNotFoundException"/> for a name that the map lacks.
    /// </summary>
    public DatabaseEntry Database(string name) =>
        Databases.FirstOrDefault(database => database.Name == name)
        ?? throw new KeyNotFoundException($"the map has no database '{name}'");
}

/// <summary>A database of the map; <paramref name="ConnectionString"/> in Npgsql keywords.</summary>
public sealed record DatabaseEntry(string Name, string ConnectionString, int Line);

/// <summary>An envelope format of the map with its parameters; only <c>hkdf-aes-256-gcm</c> exists today.</summary>
public sealed record FormatEntry(string Name, string Kind, string Salt, string Info);

/// <summary>A named group of tables that an operator rotates together.</summary>
public sealed record ScopeEntry(string Name, IReadOnlyList<TableEntry> Tables);
