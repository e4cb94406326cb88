using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>Tables that inherit from one of the map, and that the map leaves out with <c>only</c>.</summary>
public static class LeftOut
{
    private const string Find = """
        WITH RECURSIVE tree AS (
            SELECT pg_catalog.to_regclass(@table)::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid)
        SELECT oid::pg_catalog.regclass::pg_catalog.text FROM tree
        WHERE oid OPERATOR(pg_catalog.<>) pg_catalog.to_regclass(@table)::pg_catalog.oid ORDER BY 1
        """;

    /// <summary>Those without an entry of their own, by their names.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(
        TargetDatabases databases,
        TableTarget target,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(target);
        if (!target.Entry.Only)
            return [];
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var heirs = await connection.QueryAsync<string>(
            new CommandDefinition(
                Find,
                new { table = target.Shape.Quoted },
                cancellationToken: cancellationToken
            )
        );
        var named = databases
            .Tables.Where(entry => entry.Database == target.Entry.Database)
            .Select(entry => entry.Table)
            .ToHashSet();
        return [.. heirs.Where(heir => !named.Contains(SqlName.Parse(heir)))];
    }
}
