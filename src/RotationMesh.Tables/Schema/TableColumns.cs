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
          AND (@names::pg_catalog.text[] IS NULL OR c.relname OPERATOR(pg_catalog.=) ANY (@names::pg_catalog.text[]))
          AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
        """;

    /// <summary>
    /// Returns the columns of the tables that exist, in no order. Throws <see cref="Npgsql.NpgsqlException"/> if the database
    /// can't be queried.
    /// </summary>
    public Task<IReadOnlyList<TableColumn>> FindAsync(
        string database,
        IReadOnlyCollection<long> relations,
        CancellationToken cancellationToken
    ) => FindAsync(database, relations, null, cancellationToken);

    /// <summary>
    /// Does the same for those of the tables that have one of the <paramref name="names"/>, in whatever schema; null for all.
    /// </summary>
    public async Task<IReadOnlyList<TableColumn>> FindAsync(
        string database,
        IReadOnlyCollection<long> relations,
        IReadOnlyCollection<string>? names,
        CancellationToken cancellationToken
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
                new { relations = relations.ToArray(), names = names?.ToArray() },
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
