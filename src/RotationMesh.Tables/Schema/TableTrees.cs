using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds the database tables of map entries. Two maps may use different names for one table, or one map may name a leaf of
/// the other map's table.
/// </summary>
public sealed class TableTrees(ApplicationDatabases databases)
{
    private const string Find = $"""
        WITH RECURSIVE {NamedTables.Terms},
        below AS (
            SELECT place, oid FROM named
            UNION
            SELECT below.place, i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent OPERATOR(pg_catalog.=) below.oid),
        above AS (
            SELECT place, oid FROM named
            UNION
            SELECT above.place, i.inhparent
            FROM pg_catalog.pg_inherits i JOIN above ON i.inhrelid OPERATOR(pg_catalog.=) above.oid)
        SELECT place OPERATOR(pg_catalog.-) 1 AS Place, oid::pg_catalog.int8 AS Oid, 'below' AS Kind FROM below
        UNION
        SELECT place OPERATOR(pg_catalog.-) 1, oid::pg_catalog.int8, 'above' FROM above
        UNION
        SELECT place OPERATOR(pg_catalog.-) 1, oid::pg_catalog.int8, 'own' FROM named
        ORDER BY 1, 2
        """;

    /// <summary>
    /// Returns the tables of one database in the order of <paramref name="entries"/>. A table that does not exist has no
    /// relations. Throws <see cref="Npgsql.NpgsqlException"/> if the database can't be queried.
    /// </summary>
    public async Task<FoundTables> FindAsync(
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(entries);
        await using var connection = await databases.OpenReadingAsync(entries[0].Database, cancellationToken);
        var seen = await DatabaseIdentity.ReadAsync(connection, cancellationToken);
        var found = (
            await connection.QueryAsync<(long Place, long Oid, string Kind)>(
                new CommandDefinition(
                    Find,
                    new
                    {
                        schemas = entries.Select(entry => entry.Table.Schema?.Name).ToArray(),
                        names = entries.Select(entry => entry.Table.Name.Name).ToArray(),
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).ToLookup(relation => relation.Place);
        return new FoundTables(
            seen.Identity,
            [
                .. entries.Select(
                    (_, place) =>
                        new TableTree(
                            Of(found[place], "own") is [var own] ? own : null,
                            Of(found[place], "below"),
                            [.. found[place].Select(relation => relation.Oid).Distinct()]
                        )
                ),
            ]
        );
    }

    private static List<long> Of(IEnumerable<(long Place, long Oid, string Kind)> relations, string kind) =>
        [.. relations.Where(relation => relation.Kind == kind).Select(relation => relation.Oid)];
}

/// <summary>Tables of a database.</summary>
public sealed record FoundTables(DatabaseIdentity Identity, IReadOnlyList<TableTree> Tables);

/// <summary>A table by the oids of its database.</summary>
/// <param name="Own">The table; null where none has the name.</param>
/// <param name="Below">The table and all tables that inherit from it, which hold its rows.</param>
/// <param name="Around">The tables of Below and all that it inherits from, which also show its rows.</param>
public sealed record TableTree(long? Own, IReadOnlyList<long> Below, IReadOnlyList<long> Around);
