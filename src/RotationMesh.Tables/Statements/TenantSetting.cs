using Npgsql;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// Sets the setting that a table's row-level security policies read, for the current transaction. A batch of commands is one
/// transaction, so the setting ends with the batch.
/// </summary>
internal static class TenantSetting
{
    /// <summary>Returns the command to put before a command on rows of <paramref name="tenant"/>.</summary>
    public static NpgsqlBatchCommand Command(MappedTable target, string? tenant)
    {
        var command = new NpgsqlBatchCommand("SELECT pg_catalog.set_config($1, $2, true)");
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = target.Entry.RowLevelSecurity!.Setting }
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant ?? "" });
        return command;
    }
}
