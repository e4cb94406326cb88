using Dapper;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;
using Relation = (long Place, long Oid, string Kind, string Name, bool HoldsRows);

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
            FROM pg_catalog.pg_inherits i JOIN below ON i.inhparent OPERATOR(pg_catalog.=) below.oid
            WHERE NOT {PendingDetach.IsPending}),
        above AS (
            SELECT place, oid FROM named
            UNION
            SELECT above.place, i.inhparent
            FROM pg_catalog.pg_inherits i JOIN above ON i.inhrelid OPERATOR(pg_catalog.=) above.oid
            WHERE NOT {PendingDetach.IsPending}),
        found AS (
            SELECT place, oid, 'below' AS kind FROM below
            UNION
            SELECT place, oid, 'above' FROM above
            UNION
            SELECT place, oid, 'own' FROM named)
        SELECT f.place OPERATOR(pg_catalog.-) 1 AS Place, f.oid::pg_catalog.int8 AS Oid, f.kind AS Kind,
               pg_catalog.format('%I.%I', n.nspname, c.relname) AS Name,
               c.relkind OPERATOR(pg_catalog.<>) 'p' AND c.relpersistence OPERATOR(pg_catalog.<>) 't' AS HoldsRows
        FROM found f
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) f.oid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
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
            await connection.QueryAsync<Relation>(
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
                    (entry, place) =>
                        new TableTree(
                            Of(found[place], "own") is [var own] ? own : null,
                            Of(found[place], "below"),
                            [.. found[place].Select(relation => relation.Oid).Distinct()]
                        )
                        {
                            Parts = Parts(entry, [.. found[place]]),
                        }
                ),
            ]
        );
    }

    private static List<long> Of(IEnumerable<Relation> relations, string kind) =>
        [.. relations.Where(relation => relation.Kind == kind).Select(relation => relation.Oid)];

    private static Dictionary<long, string> Parts(TableEntry entry, IReadOnlyList<Relation> relations)
    {
        var parts = relations
            .Where(relation => relation.Kind == "below" && relation.HoldsRows && !entry.Only)
            .ToDictionary(relation => relation.Oid, relation => relation.Name);
        foreach (var own in Of(relations, "own"))
            parts[own] = "";
        return parts;
    }
}

/// <summary>Tables of a database.</summary>
public sealed record FoundTables(DatabaseIdentity Identity, IReadOnlyList<TableTree> Tables);

/// <summary>A table by the oids of its database.</summary>
/// <param name="Own">The table; null where none has the name.</param>
/// <param name="Below">The table and all tables that inherit from it, which hold its rows.</param>
/// <param name="Around">The tables of Below and all that it inherits from, which also show its rows.</param>
public sealed record TableTree(long? Own, IReadOnlyList<long> Below, IReadOnlyList<long> Around)
{
    /// <summary>
    /// The tables that hold the rows of the entry, by oid with their names; the table itself, whether it holds any or not, has an
    /// empty one.
    /// </summary>
    public IReadOnlyDictionary<long, string> Parts { get; init; } = new Dictionary<long, string>();
}
