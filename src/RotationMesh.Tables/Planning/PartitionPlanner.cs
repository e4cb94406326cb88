using System.Globalization;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>
/// Cuts a table into partitions. Without a choice of tenants they are ranges of pages: each page is read once, and
/// planning costs nothing however many tenants there are. Chosen tenants are read through the tenant index, small ones
/// together; one too big for that is cut by pages, with the tenant as filter.
/// </summary>
public sealed class PartitionPlanner(ApplicationDatabases databases)
{
    /// <summary>
    /// Rows of a partition: large enough that its start hardly counts (one millisecond of a hundred), small enough that
    /// workers end together and little is repeated after a crash.
    /// </summary>
    public const int PartitionRows = 10_000;

    /// <summary>
    /// A tenant with more than this share of a table is read by pages rather than through the index: so many of the
    /// table's pages hold its rows that a second partition's index scan would read them again.
    /// </summary>
    private const double HugeTenantShare = 0.2;

    private const string EstimatedRows = """
        SELECT greatest(pg_catalog.sum(reltuples), 1)::double precision FROM pg_catalog.pg_class
        WHERE relkind OPERATOR(pg_catalog.=) 'r' AND oid OPERATOR(pg_catalog.=) ANY (
            SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1))
            UNION SELECT pg_catalog.to_regclass($1))
        """;

    /// <summary>Plans partitions for <paramref name="rows"/> rows, as the census counted, in the order of their runs.</summary>
    public async IAsyncEnumerable<PartitionRange> PlanAsync(
        MappedTable target,
        long rows,
        IReadOnlyList<string>? tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        if (rows == 0)
            yield break;
        // With tenants, this connection is held while a second one counts them.
        await using var connection =
            tenants is null && !target.ByTenant
                ? await databases.OpenReadingAsync(target.Entry.Database, cancellationToken)
                : await databases.OpenToHoldAsync(target.Entry.Database, cancellationToken);
        if (target.ByTenant)
            tenants ??= await new TenantList(connection).AllAsync(target, cancellationToken);
        if (tenants is null)
        {
            await foreach (var range in ByPagesAsync(connection, target, rows, null, cancellationToken))
                yield return range;
            yield break;
        }

        var small = new TenantGroup(
            target,
            await LiveLeaves.ListAsync(connection, target, cancellationToken)
        );
        await foreach (var (tenant, count) in SizesAsync(target, tenants, cancellationToken))
        {
            var byPages =
                !target.ByTenant
                && (
                    !target.Shape.HasTenantIndex
                    || await IsHugeAsync(connection, target, count, cancellationToken)
                );
            if (byPages && count > PartitionRows)
            {
                await foreach (
                    var range in ByPagesAsync(connection, target, count, [tenant], cancellationToken)
                )
                    yield return range;
                continue;
            }

            foreach (var range in small.Add(tenant, count))
                yield return range;
        }

        foreach (var range in small.Rest())
            yield return range;
    }

    private async IAsyncEnumerable<(string Tenant, long Rows)> SizesAsync(
        MappedTable target,
        IReadOnlyList<string> tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? current = null;
        var rows = 0L;
        await foreach (
            var count in new TableCensus(databases).CountByTenantAsync(target, tenants, cancellationToken)
        )
        {
            if (current is not null && count.Tenant != current)
            {
                yield return (current, rows);
                rows = 0;
            }

            current = count.Tenant;
            rows += count.Rows;
        }

        if (current is not null)
            yield return (current, rows);
    }

    private static async Task<bool> IsHugeAsync(
        NpgsqlConnection connection,
        MappedTable target,
        long rows,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(EstimatedRows, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target.Shape.Quoted });
        var all = Convert.ToDouble(
            await command.ExecuteScalarAsync(cancellationToken),
            CultureInfo.InvariantCulture
        );
        return rows > HugeTenantShare * all;
    }

    private static async IAsyncEnumerable<PartitionRange> ByPagesAsync(
        NpgsqlConnection connection,
        MappedTable target,
        long rows,
        IReadOnlyList<string>? tenants,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var sizes = new List<(LeafTable Leaf, uint Pages)>();
        foreach (var leaf in await LiveLeaves.ListAsync(connection, target, cancellationToken))
            sizes.Add((leaf, await PageParts.CountAsync(connection, leaf.Quoted, cancellationToken)));
        var allPages = sizes.Sum(size => (long)size.Pages);
        if (allPages == 0)
            yield break;
        var pagesEach = (uint)
            Math.Clamp((long)Math.Ceiling((double)allPages * PartitionRows / rows), 1, uint.MaxValue);
        foreach (var (leaf, pages) in sizes)
        {
            for (var from = 0L; from < pages; from += pagesEach)
            {
                var to = Math.Min(from + pagesEach, pages);
                yield return PartitionRange.Of(target.Entry, leaf, tenants) with
                {
                    Pages = new PageRange((uint)from, (uint)to),
                    ExpectedRows = (long)((double)rows * (to - from) / allPages),
                };
            }
        }
    }

    /// <summary>Collects small tenants until they fill a partition.</summary>
    private sealed class TenantGroup(MappedTable target, IReadOnlyList<LeafTable> leaves)
    {
        private readonly List<string> tenants = [];
        private long rows;

        public IEnumerable<PartitionRange> Add(string tenant, long count)
        {
            tenants.Add(tenant);
            rows += count;
            return rows >= PartitionRows ? Rest() : [];
        }

        public IReadOnlyList<PartitionRange> Rest()
        {
            if (tenants.Count == 0)
                return [];
            string[] group = [.. tenants];
            var expected = rows;
            tenants.Clear();
            rows = 0;
            return
            [
                .. leaves.Select(leaf =>
                    PartitionRange.Of(target.Entry, leaf, group) with
                    {
                        ExpectedRows = expected,
                    }
                ),
            ];
        }
    }
}
