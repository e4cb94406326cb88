using RotationMesh.Core.Map;

namespace RotationMesh.Coordination.Persistence;

/// <summary>A column of a <see cref="SagaTable{TSaga}"/>, named as in the database; a plain string converts to one.</summary>
public readonly record struct SagaColumn
{
    private SagaColumn(SqlIdentifier name, string cast, bool isWritten = true, string? expression = null)
    {
        Name = name;
        Cast = cast;
        IsWritten = isWritten;
        Read = expression ?? name.Quoted;
    }

    /// <summary>The name in the database, snake_case: <c>current_state</c> holds the property <c>CurrentState</c>.</summary>
    internal SqlIdentifier Name { get; }

    /// <summary>The expression that is selected for it.</summary>
    internal string Read { get; }

    /// <summary>The cast that follows the parameter where the value is written; empty for none.</summary>
    internal string Cast { get; }

    /// <summary>Whether the saga writes it. Other statements write the rest; the saga reads those under its lock.</summary>
    internal bool IsWritten { get; }

    /// <summary>A column whose type Npgsql derives from the property.</summary>
    public static SagaColumn Plain(string name) => new(new SqlIdentifier(name), "");

    /// <summary>
    /// A jsonb column behind a property of type string: text goes over the wire, so PostgreSQL has to be told the type.
    /// </summary>
    public static SagaColumn Jsonb(string name) => new(new SqlIdentifier(name), "::jsonb");

    /// <summary>A column that the saga reads, and that others write.</summary>
    public static SagaColumn ReadOnly(string name) => new(new SqlIdentifier(name), "", isWritten: false);

    /// <summary>
    /// A value that no column holds: the database computes it at each load, by an expression that is fixed in code.
    /// </summary>
    public static SagaColumn Told(string name, string expression) =>
        new(new SqlIdentifier(name), "", isWritten: false, expression);

    /// <summary>Converts a name as <see cref="Plain"/> does, so that a table reads as a list of names.</summary>
    public static implicit operator SagaColumn(string name) => Plain(name);
}
