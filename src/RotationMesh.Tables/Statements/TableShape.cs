using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Policies;

namespace RotationMesh.Tables.Statements;

/// <summary>What the live database says about a table of the map.</summary>
public sealed record TableShape
{
    /// <summary>Quoted, schema-qualified name of the table.</summary>
    public required string Quoted { get; init; }

    /// <summary>Whether rows of tables that inherit from it are not its own.</summary>
    public bool Only { get; init; }

    /// <summary>The table and its rows, after FROM.</summary>
    public string From => Only ? $"ONLY {Quoted}" : Quoted;

    /// <summary>
    /// The tables that hold the rows: the table itself and those that inherit from it, or the leaves of a declaratively
    /// partitioned one. Only they have meaningful <c>ctid</c>s.
    /// </summary>
    public required IReadOnlyList<LeafTable> Leaves { get; init; }

    /// <summary>Type of each key column as <c>format_type</c> writes it, in the order of the map.</summary>
    public required IReadOnlyList<ColumnType> Key { get; init; }

    /// <summary>Type of the tenant column.</summary>
    public required ColumnType Tenant { get; init; }

    /// <summary>Type of the version column.</summary>
    public required ColumnType Version { get; init; }

    /// <summary>Type of each encrypted column, in the order of the map.</summary>
    public required IReadOnlyList<ColumnType> Columns { get; init; }

    /// <summary>Whether an index finds the rows of a tenant.</summary>
    public required bool HasTenantIndex { get; init; }

    /// <summary>Whether this role sees only the rows that a policy admits.</summary>
    public required bool RowSecurityActive { get; init; }

    /// <summary>Policies that may hide rows of the tenant that is set; none for a rotation, which they keep from beginning.</summary>
    public IReadOnlyList<PolicyDoubt> Hiding { get; init; } = [];

    /// <summary>Policies that may keep rows from being updated that are seen.</summary>
    public IReadOnlyList<PolicyDoubt> Sealing { get; init; } = [];

    /// <summary>
    /// Number of user triggers that fire on an update, of the leaf that has most; they fire for a rotation as for any
    /// update.
    /// </summary>
    public required int UpdateTriggers { get; init; }
}

/// <summary>A table that holds rows itself.</summary>
public sealed record LeafTable(SqlName Name)
{
    /// <summary>Quoted, schema-qualified name.</summary>
    public string Quoted => Name.Quoted;
}

/// <summary>
/// A column's type: <paramref name="Written"/> as in SQL, <paramref name="Base"/> the catalog name of the type under
/// all domains (<c>int4</c>, <c>text</c>, …).
/// </summary>
public sealed record ColumnType(string Written, string Base)
{
    /// <summary>The type for a cast: with its schema, and without its length, which would cut a value off.</summary>
    public required string Qualified { get; init; }

    /// <summary>The operator that tells whether two values are equal, as SQL with its schema.</summary>
    public required string Equality { get; init; }

    /// <summary>Whether texts that differ may be equal to it, such as upper and lower case.</summary>
    public bool IsLoose { get; init; }

    /// <summary>Whether the type is a whole number.</summary>
    public bool IsInteger => Base is "int2" or "int4" or "int8";

    /// <summary>Whether JSON has it as a number: readers round those of eight bytes.</summary>
    public bool IsJsonNumber => Base is "int2" or "int4";

    /// <summary>How an envelope is held in a column of this type; null where none can be.</summary>
    public EnvelopeEncoding? Encoding =>
        Base switch
        {
            "text" or "varchar" or "bpchar" or "jsonb" => EnvelopeEncoding.Base64,
            "bytea" => EnvelopeEncoding.Binary,
            _ => null,
        };
}
