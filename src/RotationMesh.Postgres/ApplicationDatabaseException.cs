using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>A connection to a database of the map could not be made or was lost; names the database.</summary>
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
