using Dapper;
using Npgsql;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Probing;

/// <summary>Looks whether a column that the map does not name holds a value in any row.</summary>
public sealed class HeldPlace(ApplicationDatabases databases)
{
    /// <summary>
    /// Whether the column of a table holds a value that is neither NULL nor empty, at the dotted <paramref name="path"/> of its
    /// documents or, where that is empty, at all. It counts as held where policies or missing rights hide it. Throws
    /// <see cref="NpgsqlException"/> where the database can't be queried.
    /// </summary>
    public async Task<bool> HasValuesAsync(
        string database,
        TableColumn column,
        string path,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(path);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        try
        {
            return await connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(
                    Query(column, path),
                    new { relation = column.Relation, path },
                    cancellationToken: cancellationToken
                )
            );
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return true;
        }
    }

    // The column need not have the type any more that it had when a rotation was for it: of a document that is a text now, all
    // of it counts.
    private static string Query(TableColumn column, string path)
    {
        var name = $"t.{column.Name.Quoted}";
        var value =
            path.Length == 0
                ? $"{name}::pg_catalog.text"
                : $"""
                    CASE WHEN pg_catalog.pg_typeof({name})::pg_catalog.text OPERATOR(pg_catalog.=) ANY (ARRAY['json', 'jsonb'])
                         THEN pg_catalog.jsonb_extract_path_text(pg_catalog.to_jsonb({name}), VARIADIC pg_catalog.string_to_array(@path, '.'))
                         ELSE {name}::pg_catalog.text END
                    """;
        return $"""
            SELECT pg_catalog.row_security_active(@relation::pg_catalog.int8::pg_catalog.oid)
                OR EXISTS (SELECT FROM {column.Table.Quoted} AS t
                           WHERE coalesce(pg_catalog.octet_length({value}), 0) OPERATOR(pg_catalog.>) 0)
            """;
    }
}
