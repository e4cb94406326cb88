using Dapper;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>
/// Tells whether the leaves of tables, or the columns that the map names, changed during a count. A count keeps the leaves that it began with: one that is attached
/// meanwhile is not waited for, and nobody counts its rows. One that was away for a moment alone is found too: whoever attaches it
/// writes its entry of the catalog anew. Leaves without any page do not count: new ones come every hour.
/// </summary>
public sealed class LeafMarks(ApplicationDatabases databases)
{
    private static readonly string Read = $"""
        WITH RECURSIVE tree AS (
            SELECT named.place, named.alone, pg_catalog.to_regclass(named.name)::pg_catalog.oid AS relation,
                   ''::pg_catalog.text AS attached
            FROM ROWS FROM (pg_catalog.unnest(@names::pg_catalog.text[]), pg_catalog.unnest(@only::pg_catalog.bool[]))
                 WITH ORDINALITY AS named (name, alone, place)
            UNION
            SELECT t.place, t.alone, i.inhrelid, pg_catalog.concat(t.attached, ' ', i.xmin)
            FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent OPERATOR(pg_catalog.=) t.relation AND NOT t.alone)
        SELECT pg_catalog.string_agg(
                   pg_catalog.concat(relation, '/', attached, '/', {LeafColumns.Of(
            "relation",
            Names
        )}), ' ' ORDER BY relation, attached)
        FROM tree
        WHERE attached OPERATOR(pg_catalog.=) '' OR pg_catalog.pg_relation_size(relation::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0
        GROUP BY place ORDER BY place
        """;

    // As texts: in a database of SQL_ASCII, the server reads no JSON whose letters are escaped.
    private const string Names =
        "ARRAY(SELECT mapped.name FROM ROWS FROM (pg_catalog.unnest(@columnPlaces::pg_catalog.int8[]), "
        + "pg_catalog.unnest(@columnNames::pg_catalog.text[])) AS mapped (place, name) "
        + "WHERE mapped.place OPERATOR(pg_catalog.=) tree.place)::pg_catalog.name[]";

    /// <summary>
    /// Returns a mark for each of the tables, which are of one <paramref name="database"/>. A table whose leaves changed, or that
    /// was replaced, has another one. Throws <see cref="Npgsql.NpgsqlException"/> where the database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReadAsync(
        string database,
        IReadOnlyList<MappedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var columns = tables
            .SelectMany(
                (table, i) => LeafColumns.Names(table.Entry).Select(name => (Place: i + 1, Name: name))
            )
            .ToList();
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var marks = await connection.QueryAsync<string>(
            new CommandDefinition(
                Read,
                new
                {
                    names = tables.Select(table => table.Shape.Quoted).ToArray(),
                    only = tables.Select(table => table.Entry.Only).ToArray(),
                    columnPlaces = columns.Select(column => (long)column.Place).ToArray(),
                    columnNames = columns.Select(column => column.Name).ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return [.. marks];
    }
}
