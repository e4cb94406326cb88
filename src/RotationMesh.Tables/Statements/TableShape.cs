using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Policies;

namespace RotationMesh.Tables.Statements;

/// <summary>What the live database says about a mapped table.</summary>
public sealed record TableShape
{
    /// <summary>Quoted, schema-qualified name of the table.</summary>
    public required string Quoted { get; init; }

    /// <summary>Whether the table leaves out the rows of tables that inherit from it.</summary>
    public bool Only { get; init; }

    /// <summary>The table as it stands after FROM.</summary>
    public string From => Only ? $"ONLY {Quoted}" : Quoted;

    /// <summary>
    /// Leaf tables, which hold the rows: the table itself and the tables that inherit from it, or the leaves of a partitioned
    /// table. Only a leaf table has meaningful <c>ctid</c>s.
    /// </summary>
    public required IReadOnlyList<LeafTable> Leaves { get; init; }

    /// <summary>Type of each key column, in the order of the map.</summary>
    public required IReadOnlyList<ColumnType> Key { get; init; }

    /// <summary>Type of the tenant column.</summary>
    public required ColumnType Tenant { get; init; }

    /// <summary>Type of each encrypted column, in the order of the map.</summary>
    public required IReadOnlyList<ColumnType> Columns { get; init; }

    /// <summary>Whether an index finds the rows of a tenant.</summary>
    public required bool HasTenantIndex { get; init; }

    /// <summary>Whether this role sees only the rows that a policy admits.</summary>
    public required bool RowSecurityActive { get; init; }

    /// <summary>Policies that may hide rows of the tenant that is set. A rotation does not begin while there are any.</summary>
    public IReadOnlyList<PolicyDoubt> Hiding { get; init; } = [];

    /// <summary>Policies that may forbid an update of rows that this role sees.</summary>
    public IReadOnlyList<PolicyDoubt> Sealing { get; init; } = [];

    /// <summary>
    /// Number of user triggers on updates, of the leaf table that has most. They fire for a rotation as for any update.
    /// </summary>
    public required int UpdateTriggers { get; init; }
}

/// <summary>A table that holds rows itself.</summary>
public sealed record LeafTable(SqlName Name)
{
    /// <summary>Oid by which it is known whatever its name is now; 0 where nobody asked for it.</summary>
    public long Oid { get; init; }

    /// <summary>Its columns, as <see cref="LeafColumns"/> writes them; null where nobody asked.</summary>
    internal string? Columns { get; init; }

    /// <summary>Quoted, schema-qualified name.</summary>
    public string Quoted => Name.Quoted;
}

/// <summary>
/// A column's type: <paramref name="Written"/> as <c>format_type</c> writes it, <paramref name="Base"/> the catalog name of the
/// type under all domains (<c>int4</c>, <c>text</c>, …).
/// </summary>
public sealed record ColumnType(string Written, string Base)
{
    /// <summary>Type for a cast, with its schema. The length is left out, because it would cut a value off.</summary>
    public required string Qualified { get; init; }

    /// <summary>Operator that compares two values for equality, as SQL with its schema.</summary>
    public required string Equality { get; init; }

    /// <summary>Whether two different texts may be equal values of this type, such as upper and lower case.</summary>
    public bool IsLoose { get; init; }

    /// <summary>Whether the type is a whole number.</summary>
    public bool IsInteger => Base is "int2" or "int4" or "int8";

    /// <summary>
    /// Whether JSON shows a value as a number. Integers of eight bytes are text there, because readers round them.
    /// </summary>
    public bool IsJsonNumber => Base is "int2" or "int4";

    /// <summary>Encoding of an envelope in a column of this type; null if the type can hold none.</summary>
    public EnvelopeEncoding? Encoding =>
        Base switch
        {
            "text" or "varchar" or "bpchar" or "jsonb" => EnvelopeEncoding.Base64,
            "bytea" => EnvelopeEncoding.Binary,
            _ => null,
        };
}
