namespace RotationMesh.CliTests.Verbs;

/// <summary><c>census</c>: rows by scope, table, tenant and version.</summary>
public sealed class CensusTests
{
    private Site site = null!;
    private string tenant = null!;

    [OneTimeSetUp]
    public async Task Load_and_rotate_one_tenant()
    {
        site = await Site.LoadAsync("--rows", "500", "--tenants", "4", "--external", "6");
        tenant = (await site.Database.ScalarAsync<string>("SELECT min(id) FROM tenants"))!;
        var rotated = (await site.RunAsync("rotate", "--tenant", tenant)).Exits(0);
        Assert.That(rotated.Output, Does.Contain($"Completed: every row of tenant {tenant} is at version 2"));
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Rows_are_counted_by_version()
    {
        var document = (await site.RunAsync("--output", "json", "census")).Exits(0).Json();
        Assert.That((long)document["rows"]!, Is.EqualTo(await site.Database.RowsAsync()));
        foreach (var table in SampleTables.Encrypted)
        {
            var expected = await site.Database.QueryAsync<(int, long, long)>(
                $"""
                SELECT encryption_key_version, count(*) FILTER (WHERE NOT external), count(*) FILTER (WHERE external)
                FROM (SELECT *, to_jsonb(t)->>'content' IS NOT DISTINCT FROM '__external_storage__' AS external FROM {table} AS t) AS t
                GROUP BY 1
                """
            );
            var counted = document.Table(table)["versions"]!
                .AsArray()
                .Select(count => ((int)count!["version"]!, (long)count["rows"]!, (long)count["external"]!));
            Assert.That(counted, Is.EquivalentTo(expected), table);
        }
    }

    [Test]
    public async Task It_says_what_it_was_limited_to()
    {
        var all = (await site.RunAsync("--output", "json", "census")).Exits(0).Json();
        var some = (
            await site.RunAsync("--output", "json", "census", "--skip", "knowledge", "--tenant", tenant)
        )
            .Exits(0)
            .Json();
        Assert.That(all["limits"]!.AsArray(), Is.Empty);
        Assert.That(
            some["limits"]!.AsArray().Select(limit => (string)limit!),
            Is.EqualTo(new[] { $"scope connectors, tenant {tenant}" })
        );
    }

    [Test]
    public async Task Rows_are_counted_by_tenant_and_version()
    {
        var document = (await site.RunAsync("--output", "json", "census")).Exits(0).Json();
        foreach (var table in SampleTables.Encrypted)
        {
            var expected = await site.Database.QueryAsync<(string, int, long)>(
                $"""SELECT coalesce("tenantId", 'company_hq'), encryption_key_version, count(*) FROM {table} GROUP BY 1, 2"""
            );
            var counted = document.Table(table)["tenants"]!
                .AsArray()
                .GroupBy(
                    count => ((string)count!["tenant"]!, (int)count["version"]!),
                    count => (long)count!["rows"]!
                )
                .Select(group => (group.Key.Item1, group.Key.Item2, group.Sum()));
            Assert.That(counted, Is.EquivalentTo(expected), table);
        }
    }

    [Test]
    public async Task One_tenant_s_rows_are_counted_alone()
    {
        var outcome = await site.RunAsync("--output", "json", "census", "--tenant", tenant);
        Assert.That(
            (long)outcome.Exits(0).Json()["rows"]!,
            Is.EqualTo(await site.Database.RowsAsync($"\"tenantId\" = '{tenant}'"))
        );
    }

    [Test]
    public async Task The_table_for_people_has_the_figures()
    {
        var output = (await site.RunAsync("census", "--only", "connectors")).Exits(0).Output;
        Assert.That(output, Does.Contain("connectors").And.Contain(tenant).And.Not.Contain("knowledge"));
    }

    [Test]
    public async Task It_needs_no_keys()
    {
        site.Set(MasterKeys.Variables(1).Select(pair => KeyValuePair.Create(pair.Key, (string?)null)));
        (await site.RunAsync("census")).Exits(0);
    }
}
