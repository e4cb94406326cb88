using Npgsql;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Sets the setting that a table's row-level security policies read, for the transaction at hand. A batch of commands
/// is one transaction, so the setting ends with it.
/// </summary>
internal static class TenantSetting
{
    /// <summary>The command to put before a command on rows of <paramref name="tenant"/>.</summary>
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
