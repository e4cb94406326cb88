using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.IntegrationTests.Samples;

public sealed class SampleTests
{
    private static readonly SampleOptions Small = new()
    {
        Rows = 1500,
        Tenants = 12,
        Connectors = 40,
        Sources = 15,
    };

    [TestCase(Skew.Equal)]
    [TestCase(Skew.Huge)]
    public async Task It_loads_as_many_rows_as_it_says_and_all_of_them_rotate(Skew skew)
    {
        await using var fixture = await SampleFixture.CreateAsync();

        var totals = await fixture.LoadAsync(Small with { Skew = skew, External = 20 });
        var report = await fixture.RotateAsync();

        Assert.That(
            (totals.Tenants, totals.Connectors, totals.Entries, totals.Sources, totals.External),
            Is.EqualTo((12, 40, 1500, 15, 20))
        );
        foreach (
            var (table, rows) in new[]
            {
                ("connectors", 40),
                ("knowledge_entries", 1500),
                ("knowledge_sources", 15),
                ("tenants", 12),
            }
        )
            Assert.That(await fixture.ScalarAsync<long>($"SELECT count(*) FROM {table}"), Is.EqualTo(rows));
        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Select(table => table.Rotated), Is.EqualTo(new[] { 40, 1480, 15 }));
        Assert.That(report.Tables.Sum(table => table.External), Is.EqualTo(20));
    }

    [TestCase(1)]
    [TestCase(15)]
    [TestCase(23)]
    public async Task Exactly_as_many_rows_fail_as_are_corrupt(int corrupt)
    {
        await using var fixture = await SampleFixture.CreateAsync();
        await fixture.LoadAsync(Small with { Corrupt = corrupt });

        var dry = await fixture.RotateAsync(dryRun: true);
        var report = await fixture.RotateAsync();

        Assert.That(dry.Tables.Sum(table => table.Failed), Is.EqualTo(corrupt));
        Assert.That(report.Tables.Sum(table => table.Failed), Is.EqualTo(corrupt));
        Assert.That(report.Tables.Sum(table => table.Rotated), Is.EqualTo(1555 - corrupt));
        Assert.That(
            report.Failures.Select(failure => (failure.Table, failure.Key.Single().Value, failure.Error)),
            Is.EquivalentTo(
                dry.Failures.Select(failure => (failure.Table, failure.Key.Single().Value, failure.Error))
            )
        );
    }

    [Test]
    public async Task The_same_seed_gives_the_same_rows_and_another_one_does_not()
    {
        await using var first = await SampleFixture.CreateAsync();
        await using var second = await SampleFixture.CreateAsync();
        await using var other = await SampleFixture.CreateAsync();
        await first.LoadAsync(Small);
        await second.LoadAsync(Small);
        await other.LoadAsync(Small with { Seed = 2 });

        Assert.That(await FingerprintAsync(second), Is.EqualTo(await FingerprintAsync(first)));
        Assert.That(await FingerprintAsync(other), Is.Not.EqualTo(await FingerprintAsync(first)));
    }

    [Test]
    public async Task A_sample_is_replaced_only_where_that_is_asked_for()
    {
        await using var fixture = await SampleFixture.CreateAsync();
        await fixture.LoadAsync(Small);

        Assert.That(
            async () => await fixture.LoadAsync(Small),
            Throws.TypeOf<UsageException>().With.Message.Contains("--replace")
        );
        await fixture.LoadAsync(Small with { Rows = 100, Replace = true });

        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM knowledge_entries"),
            Is.EqualTo(100)
        );
    }

    [TestCase("CREATE TABLE connectors (id text)", "table connectors")]
    [TestCase("CREATE VIEW tenants AS SELECT 1 AS id", "table tenants")]
    [TestCase("CREATE TYPE \"ConnectorStatus\" AS ENUM ('x')", "type ConnectorStatus")]
    public async Task What_a_load_did_not_make_is_never_replaced(string foreign, string named)
    {
        await using var fixture = await SampleFixture.CreateAsync();
        await fixture.ExecuteAsync(foreign);
        var before = await fixture.ScalarAsync<long>("SELECT count(*) FROM pg_class");

        Assert.That(
            async () => await fixture.LoadAsync(Small with { Replace = true }),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains($"the {named} exists and was not made by a sample load")
        );
        Assert.That(await fixture.ScalarAsync<long>("SELECT count(*) FROM pg_class"), Is.EqualTo(before));
    }

    [TestCase(0, 1, 0)]
    [TestCase(10, 0, 0)]
    [TestCase(10, 1, 11)]
    public async Task Options_that_cannot_be_met_are_refused(int rows, int tenants, int external)
    {
        await using var fixture = await SampleFixture.CreateAsync();
        var options = new SampleOptions
        {
            Rows = rows,
            Tenants = tenants,
            External = external,
            Corrupt = rows == 0 ? 1000 : 0,
        };

        Assert.That(async () => await fixture.LoadAsync(options), Throws.TypeOf<UsageException>());
    }

    // Everything but what a fresh nonce changes.
    private static Task<string> FingerprintAsync(Fixture fixture) =>
        fixture.ScalarAsync<string>(
            """
            SELECT md5(string_agg(row, '|' ORDER BY row)) FROM (
                SELECT (to_jsonb(t) - '{content}'::text[])::text || length(content) AS row FROM knowledge_entries AS t
                UNION ALL
                SELECT (to_jsonb(t) - '{encryptedAccessToken,encryptedRefreshToken}'::text[])::text FROM connectors AS t
                UNION ALL SELECT (to_jsonb(t) - '{configuration}'::text[])::text FROM knowledge_sources AS t
                UNION ALL SELECT to_jsonb(t)::text FROM tenants AS t) AS rows
            """
        );
}
