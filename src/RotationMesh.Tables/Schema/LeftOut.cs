using Dapper;
using Npgsql;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>Tables that inherit from a mapped table and that the map leaves out with <c>only</c>.</summary>
public static class LeftOut
{
    private const string Find = """
        WITH RECURSIVE tree AS (
            SELECT pg_catalog.to_regclass(@table)::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid)
        SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS Name, pg_catalog.row_security_active(c.oid) AS IsHidden
        FROM tree
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) tree.oid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE NOT EXISTS (
            SELECT FROM pg_catalog.unnest(@named) AS own (name)
            WHERE pg_catalog.to_regclass(own.name)::pg_catalog.oid OPERATOR(pg_catalog.=) c.oid)
        ORDER BY 1
        """;

    /// <summary>Names of the tables that have no entry of their own.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(
        ApplicationDatabases databases,
        MappedTable target,
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
        return
        [
            .. (await HeirsAsync(databases, connection, target, cancellationToken)).Select(heir => heir.Name),
        ];
    }

    /// <summary>
    /// Counts their rows that hold a value, by version. Copies of rows need the key that encrypted the rows, whoever made the
    /// copies.
    /// </summary>
    public static async Task<IReadOnlyList<LeftOutRows>> CountAsync(
        ApplicationDatabases databases,
        MappedTable target,
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
        var held = string.Join(
            " OR ",
            target.Entry.Columns.Select(column => $"t.{column.Name.Quoted} IS NOT NULL")
        );
        var counted = new List<LeftOutRows>();
        foreach (var heir in await HeirsAsync(databases, connection, target, cancellationToken))
        {
            try
            {
                var rows = await connection.QueryAsync<(long? Version, long Rows)>(
                    new CommandDefinition(
                        $"SELECT {target.Sql.Version}::pg_catalog.int8, pg_catalog.count(*) FROM ONLY {heir.Name} AS t WHERE {held} GROUP BY 1",
                        cancellationToken: cancellationToken
                    )
                );
                counted.AddRange(
                    rows.Select(row => new LeftOutRows(target, heir.Name, row.Version, row.Rows))
                );
                if (heir.IsHidden)
                    counted.Add(
                        new LeftOutRows(target, heir.Name, null, 0)
                        {
                            Fault = "row-level security hides rows from this role",
                        }
                    );
            }
            catch (PostgresException fault)
                when (fault.SqlState
                        is PostgresErrorCodes.InsufficientPrivilege
                            or PostgresErrorCodes.LockNotAvailable
                )
            {
                counted.Add(
                    new LeftOutRows(target, heir.Name, null, 0)
                    {
                        Fault = $"it can't be counted: {DatabaseFaults.Describe(fault)}",
                    }
                );
            }
        }

        return counted;
    }

    private static async Task<IEnumerable<Heir>> HeirsAsync(
        ApplicationDatabases databases,
        NpgsqlConnection connection,
        MappedTable target,
        CancellationToken cancellationToken
    ) =>
        await connection.QueryAsync<Heir>(
            new CommandDefinition(
                Find,
                new
                {
                    table = target.Shape.Quoted,
                    named = databases
                        .Tables.Where(entry => entry.Database == target.Entry.Database)
                        .Select(entry => entry.Table.Quoted)
                        .Append(target.Shape.Quoted)
                        .ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );

    private sealed record Heir
    {
        public string Name { get; init; } = "";
        public bool IsHidden { get; init; }
    }
}

/// <summary>Number of rows of one version in a table that the map leaves out.</summary>
/// <param name="Beside">The mapped table that it inherits from.</param>
/// <param name="Table">Its name.</param>
/// <param name="Version">Version of the rows; null if they name none.</param>
/// <param name="Rows">Number of rows.</param>
public sealed record LeftOutRows(MappedTable Beside, string Table, long? Version, long Rows)
{
    /// <summary>Why some rows may not have been counted, in words; null if all were counted.</summary>
    public string? Fault { get; init; }
}
