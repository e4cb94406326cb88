using Dapper;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Writers;

/// <summary>The right to lock a table, without which there is no moment at which it can be counted without writers.</summary>
public sealed class TableLock(ApplicationDatabases databases)
{
    // LOCK TABLE goes by rights on the table alone, in every version of PostgreSQL.
    private const string Find = """
        SELECT pg_catalog.has_table_privilege(@table::pg_catalog.text, 'UPDATE, DELETE, TRUNCATE')
        """;

    /// <summary>What is said of a role without it.</summary>
    public const string Missing =
        "this role may not lock it in SHARE mode, as rights on columns alone are not enough";

    /// <summary>Whether the role has it.</summary>
    public async Task<bool> IsAllowedAsync(MappedTable target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                Find,
                new { table = target.Shape.Quoted },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>What gives it.</summary>
    public static string Fix(MappedTable target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return $"GRANT UPDATE ON {target.Shape.Quoted} TO the role";
    }
}
