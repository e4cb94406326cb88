using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>
/// Sizes of the table and its indexes, WAL of the server, and updates of the table. Between two readings it is the growth.
/// </summary>
internal sealed record TableGrowth(
    long TableBytes,
    long IndexBytes,
    long WalBytes,
    long Updates,
    long HotUpdates
)
{
    private const string Now = """
        SELECT pg_relation_size(relid), pg_indexes_size(relid),
               pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, n_tup_upd, n_tup_hot_upd
        FROM pg_stat_user_tables WHERE relid = 'knowledge_entries'::regclass
        """;

    /// <summary>Bytes of the table and its indexes.</summary>
    public double Bytes => TableBytes + IndexBytes;

    /// <summary>Share of the updates that changed no index.</summary>
    public double HotShare => Updates == 0 ? 0 : (double)HotUpdates / Updates;

    /// <summary>Reads them as they are now.</summary>
    public static async Task<TableGrowth> ReadAsync(NpgsqlConnection observer)
    {
        await using var command = new NpgsqlCommand(Now, observer);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new TableGrowth(
            reader.GetInt64(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4)
        );
    }

    /// <summary>The growth since an earlier reading.</summary>
    public TableGrowth Since(TableGrowth before) =>
        new(
            TableBytes - before.TableBytes,
            IndexBytes - before.IndexBytes,
            WalBytes - before.WalBytes,
            Updates - before.Updates,
            HotUpdates - before.HotUpdates
        );
}
