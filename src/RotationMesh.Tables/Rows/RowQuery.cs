using Npgsql;
using NpgsqlTypes;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>Builds the query for the rows of a partition, or for the part of it that belongs to one tenant.</summary>
internal static class RowQuery
{
    /// <summary>
    /// Pages that a sample of a leaf has, give or take; none is as good as impossible then. Reading them takes no time.
    /// </summary>
    private const int FewestPages = 50;

    /// <summary>Opens what it reads. Null where it is stopped while somebody keeps the table locked: nothing is in hand yet.</summary>
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

    /// <summary>Rows of the range that are not external and not at <paramref name="targetVersion"/>.</summary>
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

    /// <summary>How many rows <see cref="Pending"/> would read.</summary>
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
    /// Rows of the range that are not external: all of them, or those that claim <paramref name="version"/>; and of
    /// those all, or about the given share. Where there is a <paramref name="limit"/>, they are chosen by chance among the
    /// rows that hold a value in the table: the others would fill it, and tell nothing.
    /// </summary>
    public static NpgsqlBatch Stored(
        NpgsqlConnection connection,
        MappedTable target,
        PartitionRange range,
        string? tenant,
        int? version,
        double? share,
        int? limit = null
    )
    {
        var query = new QueryText($"NOT {target.Sql.External}");
        if (version is { } claimed)
            query.Where($"{target.Sql.Version} OPERATOR(pg_catalog.=) {query.Add((long)claimed)}");
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

    /// <summary>Rows of the range that claim a version and whose value is in the store, some of them chosen by chance.</summary>
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
    /// Rows of the range whose value lives elsewhere, and that may hold an envelope in one of those columns all the same. The
    /// sizes of those columns' large values come last: see <see cref="RowCursor.LargeSizeAt"/>.
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
    /// The parts that a range is read in: one for each tenant where policies admit one at a time, else the range as it is.
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

    // Of few pages a small share may be none of them.
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
