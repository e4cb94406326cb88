using System.Text.Json;
using Dapper;
using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>
/// Samples the columns that the map does not name and finds those whose values look like envelopes, or decrypt under a
/// context of the map: a column that nobody declared keeps its old key for ever.
/// </summary>
public sealed class ColumnScan(
    TargetDatabases databases,
    KeyRing? ring,
    EnvelopeFormats formats,
    RotationMap map
)
{
    /// <summary>Values sampled of each column.</summary>
    private const int Sampled = 50;

    /// <summary>Fewest values that are judged, and the share of them that must look like an envelope.</summary>
    private const int Fewest = 3;

    private const double LooksAlikeShare = 0.8;

    private const string ListColumns = """
        SELECT n.nspname AS schema, c.relname AS table, a.attname AS column, t.typname AS type,
               array(SELECT b.attname::text FROM pg_attribute b
                     WHERE b.attrelid = c.oid AND b.attnum > 0 AND NOT b.attisdropped) AS siblings
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND t.typname IN ('text', 'varchar', 'bytea', 'jsonb')
          AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rotationmesh') AND n.nspname NOT LIKE 'pg\_toast%'
          AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        ORDER BY 1, 2, a.attnum
        """;

    /// <summary>Undeclared columns of a database that seem to hold envelopes.</summary>
    public async Task<IReadOnlyList<ScannedColumn>> ScanAsync(
        string database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var declared = await DeclaredAsync(connection, database);
        var columns = await connection.QueryAsync<CandidateColumn>(
            new CommandDefinition(ListColumns, cancellationToken: cancellationToken)
        );
        var found = new List<ScannedColumn>();
        foreach (
            var column in columns.Where(column =>
                !declared.Contains((column.Schema, column.Table, column.Column))
            )
        )
            found.AddRange(await ScanAsync(connection, database, column, cancellationToken));
        return found;
    }

    private async Task<HashSet<(string, string, string)>> DeclaredAsync(
        NpgsqlConnection connection,
        string database
    )
    {
        var declared = new HashSet<(string, string, string)>();
        foreach (var entry in map.Tables.Where(entry => entry.Database == database))
        {
            var table = await new Catalog(connection).FindTableAsync(entry.Table);
            foreach (var column in entry.Columns)
                declared.Add((table?.Schema ?? "", entry.Table.Name.Name, column.Name.Name));
        }

        return declared;
    }

    private async Task<IEnumerable<ScannedColumn>> ScanAsync(
        NpgsqlConnection connection,
        string database,
        CandidateColumn column,
        CancellationToken cancellationToken
    )
    {
        using var judge = new EnvelopeJudge(ring, formats, map);
        var name = new SqlName(new SqlIdentifier(column.Schema), new SqlIdentifier(column.Table));
        var tenant = map.Tables.Select(entry => entry.Tenant.Name).FirstOrDefault(column.Siblings.Contains);
        var tenantSql = tenant is null ? "NULL" : $"t.{new SqlIdentifier(tenant).Quoted}::text";
        var value = $"t.{new SqlIdentifier(column.Column).Quoted}";
        await using var command = new NpgsqlCommand(
            $"SELECT {tenantSql}, {value} FROM {name.Quoted} AS t WHERE {value} IS NOT NULL LIMIT {Sampled}",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var owner = await reader.IsDBNullAsync(0, cancellationToken) ? null : reader.GetString(0);
            foreach (var (path, stored, encoding) in Values(reader, column.Type))
                judge.Add(path, owner, stored, encoding);
        }

        return judge
            .Verdicts.Where(verdict =>
                verdict.Opened > 0
                || (verdict.Seen >= Fewest && verdict.Alike >= verdict.Seen * LooksAlikeShare)
            )
            .Select(verdict => new ScannedColumn(
                database,
                name.ToString(),
                column.Column,
                verdict.Path,
                verdict.Seen,
                verdict.Alike,
                verdict.Opened > 0 ? verdict.Context : null
            ));
    }

    private static IEnumerable<(string? Path, byte[] Stored, EnvelopeEncoding Encoding)> Values(
        NpgsqlDataReader reader,
        string type
    )
    {
        if (type == "bytea")
            return [(null, reader.GetFieldValue<byte[]>(1), EnvelopeEncoding.Binary)];
        var text = reader.GetString(1);
        if (type != "jsonb")
            return [(null, System.Text.Encoding.UTF8.GetBytes(text), EnvelopeEncoding.Base64)];
        using var document = JsonDocument.Parse(text);
        return
        [
            .. Strings(document.RootElement, "")
                .Select(leaf =>
                    (
                        (string?)leaf.Path,
                        System.Text.Encoding.UTF8.GetBytes(leaf.Value),
                        EnvelopeEncoding.Base64
                    )
                ),
        ];
    }

    private static IEnumerable<(string Path, string Value)> Strings(JsonElement element, string path) =>
        element.ValueKind switch
        {
            JsonValueKind.String => [(path, element.GetString()!)],
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member =>
                    Strings(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}")
                ),
            _ => [],
        };

    private sealed record CandidateColumn
    {
        public string Schema { get; init; } = "";
        public string Table { get; init; } = "";
        public string Column { get; init; } = "";
        public string Type { get; init; } = "";
        public string[] Siblings { get; init; } = [];
    }
}

/// <summary>
/// A column (or a path in a <c>jsonb</c> column) that the map does not name. <paramref name="Context"/> is the context
/// under which a value decrypted; null where values only look like envelopes.
/// </summary>
public sealed record ScannedColumn(
    string Database,
    string Table,
    string Column,
    string? Path,
    int Sampled,
    int LookLikeEnvelopes,
    string? Context
);
