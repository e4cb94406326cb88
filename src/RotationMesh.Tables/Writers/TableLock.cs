using Dapper;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writers;

/// <summary>Checks the right to lock a table: without it, the table can't be counted at a moment without writers.</summary>
public sealed class TableLock(ApplicationDatabases databases)
{
    // In every version of PostgreSQL, LOCK TABLE looks only at rights on the table as a whole.
    private const string Find = """
        SELECT pg_catalog.has_table_privilege(@table::pg_catalog.text, 'UPDATE, DELETE, TRUNCATE')
        """;

    /// <summary>The message where the role lacks the right.</summary>
    public const string Missing =
        "this role may not lock it in SHARE mode, as rights on columns alone are not enough";

    /// <summary>Returns whether the role has the right.</summary>
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

    /// <summary>Returns the statement that grants the right.</summary>
    public static string Fix(MappedTable target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return $"GRANT UPDATE ON {target.Shape.Quoted} TO the role";
    }
}
