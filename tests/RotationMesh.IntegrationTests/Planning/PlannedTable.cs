using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;

namespace RotationMesh.IntegrationTests.Planning;

/// <summary>A table with tenants of given sizes, and what the planner makes of it.</summary>
internal static class PlannedTable
{
    /// <summary>Rows of each tenant, in turn, so that tenants lie mixed in the table; bodies are filler.</summary>
    public static async Task FillAsync(Fixture fixture, IReadOnlyList<int> sizes)
    {
        await fixture.ExecuteAsync("TRUNCATE notes");
        await fixture.ExecuteAsync(
            """
            INSERT INTO notes (id, tenant, body, version)
            SELECT t || '-' || i, 'tenant-' || t, repeat('x', 40), 1
            FROM unnest(@sizes) WITH ORDINALITY AS s (size, t), generate_series(1, size) AS i
            ORDER BY i, t
            """,
            new { sizes = sizes.ToArray() }
        );
        await fixture.ExecuteAsync("ANALYZE notes");
    }

    public static async Task<IReadOnlyList<PartitionRange>> PlanAsync(
        Fixture fixture,
        MappedTable target,
        long rows,
        string[]? tenants
    )
    {
        var ranges = new List<PartitionRange>();
        var planner = new PartitionPlanner(fixture.Databases);
        await foreach (var range in planner.PlanAsync(target, rows, tenants, CancellationToken.None))
            ranges.Add(range);
        return ranges;
    }

    /// <summary>How often each row of the table falls into a range: the counts that occur.</summary>
    public static async Task<IReadOnlyList<int>> CoverageAsync(
        Fixture fixture,
        IEnumerable<PartitionRange> ranges,
        string[]? tenants
    )
    {
        var rows = await fixture.QueryAsync<(long Page, string Tenant, string Leaf)>(
            """
            SELECT (ctid::text::point)[0]::bigint, tenant, tableoid::regclass::text FROM notes
            WHERE @tenants::text[] IS NULL OR tenant = ANY(@tenants)
            """,
            new { tenants }
        );
        return
        [
            .. rows.Distinct()
                .Select(row => ranges.Count(range => Holds(range, row.Page, row.Tenant, row.Leaf)))
                .Distinct(),
        ];
    }

    private static bool Holds(PartitionRange range, long page, string tenant, string leaf) =>
        range.Leaf.Name.Name == leaf
        && (range.Pages is not { } pages || (page >= pages.From && page < pages.To))
        && (range.Tenants is not { } tenants || tenants.Contains(tenant));
}
