using Npgsql;
using NpgsqlTypes;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>Builds queries for the rows of a partition, or for one tenant's rows in it.</summary>
internal static class RowQuery
{
    /// <summary>
    /// About the fewest pages in a sample of a leaf. A sample without any page is then next to impossible, and this many pages
    /// are read in no time.
    /// </summary>
    private const int FewestPages = 50;

    /// <summary>
    /// Runs a query and returns its reader; null where <paramref name="stopping"/> ends the wait, for a locked table, say.
    /// Nothing has been read then.
    /// </summary>
    public static async Task<NpgsqlDataReader?> TryReadAsync(NpgsqlBatch query, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(query);
        try
        {
            await query.PrepareAsync(stopping);
            return await query.ExecuteReaderAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Selects the rows of the range that are not external and not at <paramref name="targetVersion"/>.</summary>
    public static NpgsqlBatch Pending(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int targetVersion
    )
    {
        var query = new QueryText(target.Sql.Pending(1));
        query.Add((long)targetVersion);
        return Build(connection, target, range, tenant, query);
    }

    /// <summary>Counts the rows that <see cref="Pending"/> would read.</summary>
    public static NpgsqlBatch CountPending(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int targetVersion
    )
    {
        var query = new QueryText(target.Sql.Pending(1));
        query.Add((long)targetVersion);
        return Build(connection, target, range, tenant, query, columns: "pg_catalog.count(*)");
    }

    /// <summary>
    /// Selects the rows of the range that are not external: all, or those that claim <paramref name="version"/>; and of these
    /// all, or about the given <paramref name="share"/>. With a <paramref name="limit"/>, it picks that many at random among
    /// the rows that hold a value in the table; rows without one would fill the limit and show nothing. It leaves out what may
    /// be newer than the moment <paramref name="before"/>, where that is given.
    /// </summary>
    public static NpgsqlBatch Stored(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int? version,
        double? share,
        int? limit = null,
        ReadingStart? before = null
    )
    {
        var query = StoredText(target, version);
        if (before is not null)
            query.Where(before.Older(query));
        var whole = range is { Pages: null, Tenants: null } && tenant is null;
        if (share is { } part && !whole)
            query.Where($"pg_catalog.random() OPERATOR(pg_catalog.<) {query.Add(part)}");
        var sample =
            whole && share is { } pages
                ? $" TABLESAMPLE pg_catalog.system ({Percent(query.Add(pages), query.Add(range.Leaf.Quoted))})"
                : "";
        if (limit is not null)
            query.Where(new HeldColumns(target).InTable);
        var end = limit is { } rows ? $"ORDER BY pg_catalog.random() LIMIT {query.Add((long)rows)}" : "";
        return Build(connection, target, range, tenant, query, sample, end);
    }

    /// <summary>Selects what <see cref="Stored"/> leaves out before that moment.</summary>
    public static NpgsqlBatch Newer(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int? version,
        ReadingStart since
    )
    {
        var query = StoredText(target, version);
        query.Where(since.Newer(query));
        return Build(connection, target, range, tenant, query);
    }

    /// <summary>
    /// Selects rows that changed since they were read, as they are now: those that are not external, and claim
    /// <paramref name="version"/> where it is given.
    /// </summary>
    public static NpgsqlBatch Again(
        NpgsqlConnection connection,
        MappedTable target,
        LeafTable leaf,
        string? tenant,
        int? version,
        ChangedRows rows
    )
    {
        var command = new NpgsqlBatchCommand(target.Sql.ReadStoredByKey(leaf));
        command.Parameters.Add(
            new NpgsqlParameter
            {
                NpgsqlDbType = NpgsqlDbType.Bigint,
                Value = version is { } claimed ? (long)claimed : DBNull.Value,
            }
        );
        foreach (var key in rows.Keys)
            command.Parameters.Add(RowBatch.Array("text[]", key));
        var batch = new NpgsqlBatch(connection);
        if (target.ByTenant)
            batch.BatchCommands.Add(TenantSetting.Command(target, tenant));
        batch.BatchCommands.Add(command);
        return batch;
    }

    /// <summary>
    /// Selects rows of the range that claim <paramref name="version"/> and whose value lives outside the table, at most
    /// <paramref name="limit"/> of them, picked at random.
    /// </summary>
    public static NpgsqlBatch InStore(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int version,
        int limit
    )
    {
        var query = new QueryText(target.Sql.Elsewhere);
        query.Where($"{target.Sql.Version} OPERATOR(pg_catalog.=) {query.Add((long)version)}");
        var end = $"ORDER BY pg_catalog.random() LIMIT {query.Add((long)limit)}";
        return Build(connection, target, range, tenant, query, end: end);
    }

    /// <summary>
    /// Selects the rows of the range whose value lives outside the table, but that may still hold an envelope in one of
    /// <paramref name="columns"/>. The sizes of large values in these columns come last: see
    /// <see cref="RowCursor.LargeSizeAt"/>.
    /// </summary>
    public static NpgsqlBatch Inline(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        IReadOnlyList<int> columns
    ) =>
        Build(
            connection,
            target,
            range,
            tenant,
            new QueryText(target.Sql.Inline(columns)),
            columns: $"{target.Sql.RowColumns}, {target.Sql.LargeSizes(columns)}"
        );

    /// <summary>
    /// Returns the parts in which a range is read: one for each tenant where policies show one tenant at a time, else the
    /// whole range, as a single null.
    /// </summary>
    public static IEnumerable<string?> Parts(MappedTable target, PartitionRange range)
    {
        if (!target.ByTenant)
            return [null];
        return range.Tenants
            ?? throw new InvalidOperationException(
                $"table {range.Table} has row-level security, so its partitions name their tenants"
            );
    }

    private static QueryText StoredText(MappedTable target, int? version)
    {
        var query = new QueryText($"NOT {target.Sql.External}");
        if (version is { } claimed)
            query.Where($"{target.Sql.Version} OPERATOR(pg_catalog.=) {query.Add((long)claimed)}");
        return query;
    }

    // In a leaf of few pages, a small share alone may select none of them.
    private static string Percent(string share, string leaf) =>
        $"""
            least(100, 100 OPERATOR(pg_catalog.*) greatest({share},
                {FewestPages} OPERATOR(pg_catalog.*) pg_catalog.current_setting('block_size')::double precision
                OPERATOR(pg_catalog./) greatest(pg_catalog.pg_relation_size(pg_catalog.to_regclass({leaf})), 1)))
            """;

    private static NpgsqlBatch Build(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        QueryText query,
        string sample = "",
        string end = "",
        string? columns = null
    )
    {
        if (range.Pages is { } pages)
        {
            query.Where($"t.ctid OPERATOR(pg_catalog.>=) {query.Add(new NpgsqlTid(pages.From, 0))}");
            query.Where($"t.ctid OPERATOR(pg_catalog.<) {query.Add(new NpgsqlTid(pages.To, 0))}");
        }

        IReadOnlyList<string>? tenants = tenant is null ? range.Tenants : [tenant];
        if (tenants is not null)
        {
            var withNull = target.Entry.TenantWhenNull is { } whenNull && tenants.Contains(whenNull);
            query.Add(target.Tenants.Comparable(tenants));
            query.Where(target.Tenants.In(query.Count, withNull));
        }

        var batch = new NpgsqlBatch(connection);
        if (target.ByTenant)
            batch.BatchCommands.Add(TenantSetting.Command(target, tenant));
        batch.BatchCommands.Add(
            query.Command(
                $"SELECT {columns ?? target.Sql.RowColumns} FROM ONLY {range.Leaf.Quoted} AS t{sample}",
                end
            )
        );
        return batch;
    }
}
