using System.Globalization;
using Npgsql;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writing;

/// <summary>Finds the sessions whose locks kept rows of a batch from being written at every try.</summary>
internal sealed class RowHolders(NpgsqlConnection connection, MappedTable target, LeafTable leaf)
{
    private const string Changing = "it was changed or held by others at each try";
    private const string Held = "it is held by another session";

    /// <summary>Characters that are shown of an application's name or a gid.</summary>
    private const int Shown = 80;

    private const string Locks = """
        WITH locks AS MATERIALIZED (
            SELECT l.transactionid, l.pid FROM pg_catalog.pg_locks l
            WHERE l.granted AND l.locktype OPERATOR(pg_catalog.=) 'transactionid' AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock')
        """;

    private const string Who = """
        l.pid, a.application_name, coalesce(p.owner, a.usename)::pg_catalog.text, p.gid
        """;

    private const string WhoOf = """
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.pid IS NULL AND p.transaction OPERATOR(pg_catalog.=) l.transactionid
        """;

    private const string Ctids =
        "(SELECT pg_catalog.unnest($1::pg_catalog.text[]::pg_catalog.tid[]) AS place, "
        + "pg_catalog.generate_subscripts($1::pg_catalog.text[], 1) AS n) AS u";

    private string From => $"FROM ONLY {leaf.Quoted} AS t, {Ctids}";

    // Locks the rows that nobody holds, for the duration of the statement; waits for none.
    private string Free =>
        $"SELECT u.n {From} WHERE t.ctid OPERATOR(pg_catalog.=) u.place FOR NO KEY UPDATE OF t SKIP LOCKED";

    private string Single =>
        $"""
            {Locks}
            SELECT u.n, {Who} {From}, locks l {WhoOf}
            WHERE t.ctid OPERATOR(pg_catalog.=) u.place AND l.transactionid OPERATOR(pg_catalog.=) t.xmax
            """;

    // For rows that are known to be held, but not by a single transaction: several share the lock. The weakest lock (keysh) is
    // that of a foreign key and blocks no write. Only these rows are asked for: the function fails for a row that nobody holds.
    private string Several =>
        $"""
            {Locks},
            held AS MATERIALIZED (SELECT u.n, t.xmax AS holders {From} WHERE t.ctid OPERATOR(pg_catalog.=) u.place)
            SELECT h.n, {Who} FROM held h, pg_catalog.pg_get_multixact_members(h.holders) m, locks l {WhoOf}
            WHERE l.transactionid OPERATOR(pg_catalog.=) m.xid AND m.mode OPERATOR(pg_catalog.<>) 'keysh'
            """;

    /// <summary>
    /// Says for each row of the batch, in one line, why it was not written. The batch must be as it was last read. No other
    /// command may be in progress on the connection.
    /// </summary>
    public async Task<IReadOnlyList<string>> ExplainAsync(RowBatch batch, string? tenant)
    {
        var why = new string?[batch.Count];
        foreach (var row in await FreeAsync(batch, tenant))
            why[row] = Changing;
        await NameAsync(Single, batch.Ctids, [.. Enumerable.Range(0, batch.Count)], why, tenant);
        var unnamed = Enumerable.Range(0, batch.Count).Where(row => why[row] is null).ToList();
        if (unnamed.Count > 0)
            await NameAsync(Several, [.. unnamed.Select(row => batch.Ctids[row])], unnamed, why, tenant);
        return [.. why.Select(cause => cause ?? Held)];
    }

    private async Task<List<int>> FreeAsync(RowBatch batch, string? tenant)
    {
        var free = new List<int>();
        try
        {
            await ReadAsync(Free, batch.Ctids, tenant, reader => free.Add(reader.GetInt32(0) - 1));
        }
        catch (PostgresException)
        {
            // The table itself is locked, and so are all of its rows.
        }

        return free;
    }

    private async Task NameAsync(
        string sql,
        List<ReadOnlyMemory<byte>> places,
        List<int> rows,
        string?[] why,
        string? tenant
    )
    {
        try
        {
            await ReadAsync(
                sql,
                places,
                tenant,
                reader =>
                {
                    var row = rows[reader.GetInt32(0) - 1];
                    why[row] ??= $"it is held by {Holder(reader)}";
                }
            );
        }
        catch (PostgresException)
        {
            // The lock has ended meanwhile, or this role may not look into it.
        }
    }

    private async Task ReadAsync(
        string sql,
        List<ReadOnlyMemory<byte>> places,
        string? tenant,
        Action<NpgsqlDataReader> row
    )
    {
        await using var query = new NpgsqlBatch(connection);
        if (target.ByTenant)
            query.BatchCommands.Add(TenantSetting.Command(target, tenant));
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(RowBatch.Array("text[]", places));
        query.BatchCommands.Add(command);
        await using var reader = await query.ExecuteReaderAsync();
        if (target.ByTenant)
            await reader.NextResultAsync();
        while (await reader.ReadAsync())
            row(reader);
    }

    private static string Holder(NpgsqlDataReader reader)
    {
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        var who = Text(4) is { } gid
            ? $"prepared transaction '{Cut(gid)}'"
            : string.Create(CultureInfo.InvariantCulture, $"session {reader.GetInt32(1)}");
        var application = Text(2) is { Length: > 0 } name ? $"{Cut(name)}, " : "";
        return $"{who} ({application}role {Text(3) ?? "unknown"})";
    }

    private static string Cut(string text) => text.Length <= Shown ? text : text[..Shown] + "…";
}
