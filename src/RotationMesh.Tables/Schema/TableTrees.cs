using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Finds which tables of their databases the entries of a map are: two maps may call one table by two names, or one of them
/// may name the leaf of a table that the other names.
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
        SELECT place OPERATOR(pg_catalog.-) 1 AS Place, oid::pg_catalog.int8 AS Oid, false AS Above FROM below
        UNION
        SELECT place OPERATOR(pg_catalog.-) 1, oid::pg_catalog.int8, true FROM above
        ORDER BY 1, 2
        """;

    /// <summary>
    /// The tables of one database, in the order of <paramref name="entries"/>; one that does not exist has no relations.
    /// Throws <see cref="Npgsql.NpgsqlException"/> where the database can't be asked.
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
            await connection.QueryAsync<(long Place, long Oid, bool Above)>(
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
                            [
                                .. found[place]
                                    .Where(relation => !relation.Above)
                                    .Select(relation => relation.Oid),
                            ],
                            [.. found[place].Select(relation => relation.Oid).Distinct()]
                        )
                ),
            ]
        );
    }
}

/// <summary>Tables of a database.</summary>
public sealed record FoundTables(DatabaseIdentity Identity, IReadOnlyList<TableTree> Tables);

/// <summary>A table by the oids of its database.</summary>
/// <param name="Below">The table, and all that inherit from it: where its rows are.</param>
/// <param name="Around">Those, and all that it inherits from: what names its rows as well.</param>
public sealed record TableTree(IReadOnlyList<long> Below, IReadOnlyList<long> Around);
