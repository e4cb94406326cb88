using Dapper;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>Looks at the sample's tables from outside the program.</summary>
internal static class SampleTables
{
    public static readonly IReadOnlyList<string> Encrypted =
    [
        "connectors",
        "knowledge_entries",
        "knowledge_sources",
    ];

    /// <summary>Digest of a table's bytes: place, last writer and every column of every row.</summary>
    public static async Task<string> BytesAsync(this TestDatabase database, string table) =>
        await database.ScalarAsync<string>(
            $"SELECT md5(coalesce(string_agg(concat(ctid, xmin, t), '|' ORDER BY ctid), '')) FROM {table} AS t"
        ) ?? "";

    /// <summary>Digest of the bytes of all encrypted tables.</summary>
    public static async Task<string> BytesAsync(this TestDatabase database) =>
        string.Join(' ', await Task.WhenAll(Encrypted.Select(table => database.BytesAsync(table))));

    /// <summary>Rows of all encrypted tables.</summary>
    public static Task<long> RowsAsync(this TestDatabase database, string where = "true") =>
        database.ScalarAsync<long>(
            $"SELECT {string.Join(" + ", Encrypted.Select(table => $"(SELECT count(*) FROM {table} WHERE {where})"))}"
        );

    /// <summary>Whether the program left its own schema in the database.</summary>
    public static Task<bool> HasControlSchemaAsync(this TestDatabase database) =>
        database.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NOT NULL");

    /// <summary>The rows that a query gives.</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(this TestDatabase database, string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Rows that were ever written, as the server's statistics count them.</summary>
    public static async Task<long> WrittenAsync(this TestDatabase database)
    {
        // A session adds what it counted to the statistics at its end at the latest; ours are in a pool.
        database.DataSource.Clear();
        await Eventually.Holds(
            async () =>
                await database.ScalarAsync<long>(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ) == 0,
            TimeSpan.FromSeconds(30),
            "every other session has ended"
        );
        return await database.ScalarAsync<long>(
            "SELECT sum(n_tup_upd + n_tup_ins + n_tup_del)::bigint FROM pg_stat_user_tables"
        );
    }
}
