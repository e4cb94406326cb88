using CsCheck;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Planning;

namespace RotationMesh.IntegrationTests.Planning;

public sealed class PartitionPlannerTests
{
    private const string Partitioned = """
        CREATE TABLE notes (id text, tenant text, body text, version int, PRIMARY KEY (id)) PARTITION BY HASH (id);
        CREATE TABLE notes_0 PARTITION OF notes FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE notes_1 PARTITION OF notes FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE notes_2 PARTITION OF notes FOR VALUES WITH (MODULUS 3, REMAINDER 2)
        """;

    private static readonly Gen<int> Size = Gen.OneOf(
        Gen.Int[0, 50],
        Gen.Int[0, 3000],
        Gen.Int[9000, 22_000]
    );

    [TestCase(false)]
    [TestCase(true)]
    public async Task Every_page_of_every_leaf_is_in_exactly_one_partition(bool partitioned)
    {
        await using var fixture = await CreateAsync(partitioned);
        var target = (await fixture.TargetsAsync()).Single();

        await Size.List[1, 4]
            .SampleAsync(
                async sizes =>
                {
                    await PlannedTable.FillAsync(fixture, sizes);
                    var rows = sizes.Sum();
                    var ranges = await PlannedTable.PlanAsync(fixture, target, rows, null);
                    var coverage = await PlannedTable.CoverageAsync(fixture, ranges, null);
                    Assert.That(coverage, rows == 0 ? Is.Empty : Is.EqualTo(new[] { 1 }));
                    Assert.That(ranges, Has.Count.LessThanOrEqualTo(rows / 5000 + 8));
                },
                iter: 12,
                threads: 1
            );
    }

    [TestCase(false, true)]
    [TestCase(false, false)]
    [TestCase(true, true)]
    public async Task Every_row_of_chosen_tenants_is_in_exactly_one_partition(bool partitioned, bool index)
    {
        await using var fixture = await CreateAsync(partitioned);
        if (index)
            await fixture.ExecuteAsync("CREATE INDEX ON notes (tenant)");
        var target = (await fixture.TargetsAsync()).Single();

        await Size.List[2, 6]
            .SampleAsync(
                async sizes =>
                {
                    await PlannedTable.FillAsync(fixture, sizes);
                    var tenants = Enumerable.Range(2, sizes.Count - 1).Select(i => $"tenant-{i}").ToArray();
                    var ranges = await PlannedTable.PlanAsync(fixture, target, sizes.Sum(), tenants);
                    var coverage = await PlannedTable.CoverageAsync(fixture, ranges, tenants);
                    Assert.That(coverage, sizes.Skip(1).Sum() == 0 ? Is.Empty : Is.EqualTo(new[] { 1 }));
                    Assert.That(ranges.SelectMany(range => range.Tenants!).Distinct(), Is.SubsetOf(tenants));
                },
                iter: 12,
                threads: 1
            );
    }

    [Test]
    public async Task Small_tenants_share_partitions()
    {
        await using var fixture = await CreateAsync(false);
        await fixture.ExecuteAsync("CREATE INDEX ON notes (tenant)");
        await PlannedTable.FillAsync(fixture, [.. Enumerable.Repeat(50, 1000)]);
        var target = (await fixture.TargetsAsync()).Single();
        var tenants = Enumerable.Range(1, 1000).Select(i => $"tenant-{i}").ToArray();

        var ranges = await PlannedTable.PlanAsync(fixture, target, 50_000, tenants);

        Assert.That(ranges, Has.Count.EqualTo(50_000 / PartitionPlanner.PartitionRows));
        Assert.That(ranges.Select(range => range.Tenants!.Count), Is.All.EqualTo(200));
    }

    [Test]
    public async Task A_huge_tenant_is_cut_by_pages()
    {
        await using var fixture = await CreateAsync(false);
        await fixture.ExecuteAsync("CREATE INDEX ON notes (tenant)");
        await PlannedTable.FillAsync(fixture, [45_000, 100, 100]);
        var target = (await fixture.TargetsAsync()).Single();

        var ranges = await PlannedTable.PlanAsync(fixture, target, 45_200, ["tenant-1", "tenant-2"]);

        var cut = ranges.Where(range => range.Pages is not null).ToList();
        Assert.That(cut, Has.Count.InRange(4, 6));
        Assert.That(
            cut.Select(range => range.Tenants!.Single()).Distinct(),
            Is.EqualTo(new[] { "tenant-1" })
        );
        Assert.That(ranges.Single(range => range.Pages is null).Tenants, Is.EqualTo(new[] { "tenant-2" }));
    }

    [Test]
    public async Task An_empty_table_needs_no_partition()
    {
        await using var fixture = await CreateAsync(false);
        var target = (await fixture.TargetsAsync()).Single();

        Assert.That(await PlannedTable.PlanAsync(fixture, target, 0, null), Is.Empty);
        Assert.That(await PlannedTable.PlanAsync(fixture, target, 0, ["nobody"]), Is.Empty);
    }

    private static async Task<Fixture> CreateAsync(bool partitioned)
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(partitioned ? Partitioned : NotesTable.Create());
        return fixture;
    }
}
