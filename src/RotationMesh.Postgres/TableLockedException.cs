using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>A table could not be read in time, because somebody else has it locked; the message names the holder.</summary>
public sealed class TableLockedException(string message, PostgresException fault)
    : NpgsqlException(message, fault)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <inheritdoc/>
    public override string? SqlState => fault.SqlState;
}
