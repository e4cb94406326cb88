using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>A database of the map could not be connected to; of many databases, it says which.</summary>
public sealed class ApplicationDatabaseException(string database, NpgsqlException fault)
    : NpgsqlException(fault.Message, fault)
{
    /// <summary>Name of the database in the map.</summary>
    public string Database { get; } = database;

    /// <inheritdoc/>
    public override bool IsTransient => fault.IsTransient;

    /// <inheritdoc/>
    public override string? SqlState => fault.SqlState;
}
