using Dapper;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Schema;

/// <summary>Finds the columns of tables by their oids.</summary>
public sealed class TableColumns(ApplicationDatabases databases)
{
    private const string Find = """
        SELECT a.attrelid::pg_catalog.int8 AS Relation, a.attnum::pg_catalog.int4 AS Number, a.attname::pg_catalog.text AS Name,
               n.nspname::pg_catalog.text AS Schema, c.relname::pg_catalog.text AS "Table"
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
        WHERE a.attrelid OPERATOR(pg_catalog.=) ANY (@relations::pg_catalog.int8[]::pg_catalog.oid[])
          AND (@tables::pg_catalog.name[] IS NULL OR c.relname OPERATOR(pg_catalog.=) ANY (@tables::pg_catalog.name[]))
          AND (@columns::pg_catalog.name[] IS NULL OR a.attname OPERATOR(pg_catalog.=) ANY (@columns::pg_catalog.name[]))
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
        """;

    /// <summary>
    /// Returns the columns of the tables that exist, in no order; with names given, only of tables with one of the
    /// <paramref name="tables"/> names, in whatever schema, and only <paramref name="columns"/> with one of these. Throws
    /// <see cref="Npgsql.NpgsqlException"/> if the database can't be queried.
    /// </summary>
    public async Task<IReadOnlyList<TableColumn>> FindAsync(
        string database,
        IReadOnlyCollection<long> relations,
        CancellationToken cancellationToken,
        IReadOnlyCollection<string>? tables = null,
        IReadOnlyCollection<string>? columns = null
    )
    {
        ArgumentNullException.ThrowIfNull(relations);
        if (relations.Count == 0)
            return [];
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var found = await connection.QueryAsync<(
            long Relation,
            int Number,
            string Name,
            string Schema,
            string Table
        )>(
            new CommandDefinition(
                Find,
                new
                {
                    relations = relations.ToArray(),
                    tables = tables?.ToArray(),
                    columns = columns?.ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. found.Select(column => new TableColumn(
                column.Relation,
                column.Number,
                new SqlIdentifier(column.Name),
                new SqlName(new SqlIdentifier(column.Schema), new SqlIdentifier(column.Table))
            )),
        ];
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Relation">Oid of the table.</param>
/// <param name="Number">Number of the column in it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table's name.</param>
public sealed record TableColumn(long Relation, int Number, SqlIdentifier Name, SqlName Table);
