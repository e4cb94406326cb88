namespace RotationMesh.CliTests.Verbs;

/// <summary>What a scan may not look at: <c>doctor --scan</c> tells it, and <c>keys retire</c> retires nothing over it.</summary>
public sealed class NotLookedAtTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "100", "--tenants", "3");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task What_a_role_may_not_read_is_told_with_the_right_that_it_lacks()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync("CREATE TABLE public.closed (held text)");
        await using var role = await Role.CreateAsync(site.Database);
        await site.Database.ExecuteAsync(
            $"""
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role.Name}; REVOKE ALL ON public.closed FROM {role.Name};
            GRANT ALL ON SCHEMA rotationmesh TO {role.Name}; GRANT ALL ON ALL TABLES IN SCHEMA rotationmesh TO {role.Name};
            GRANT ALL ON ALL SEQUENCES IN SCHEMA rotationmesh TO {role.Name};
            """
        );
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;

        var told = (await site.RunAsync("--output", "json", "doctor", "--scan")).Json()["checks"]!
            .AsArray()
            .Single(check =>
                $"{check!["message"]}".Contains("no right to SELECT", StringComparison.Ordinal)
            )!;
        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4);
        var document = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(4).Json();

        const string Grant = "GRANT SELECT ON \"public\".\"closed\" TO the role";
        const string LeaveOut = "--skip-scan-of app.public.closed --reason TEXT";
        Assert.That(
            $"{told["message"]}",
            Is.EqualTo("not looked at, the role has no right to SELECT: public.closed")
        );
        Assert.That($"{told["fix"]}", Does.StartWith(Grant).And.EndWith(LeaveOut));
        Assert.That(
            refused.Output,
            Does.Contain(
                    "In the way: not looked at in database app, the role has no right to SELECT: public.closed"
                )
                .And.Contain(Grant)
                .And.Contain(LeaveOut)
        );
        var place = document["scans"]![0]!["notLookedAt"]![0]!;
        Assert.That(($"{place["cause"]}", $"{place["place"]}"), Is.EqualTo(("NoRight", "app.public.closed")));
        Assert.That(
            await site.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.retired_keys"),
            Is.Zero
        );
    }

    [Test]
    public async Task Large_objects_are_left_out_by_the_name_of_their_catalog_and_that_is_recorded()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync("SELECT lo_from_bytea(0, decode(repeat('a0', 500), 'hex'))");
        const string Place = "app.pg_catalog.pg_largeobject";

        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        (await site.RunAsync("keys", "retire", "1", "--skip-scan-of", Place, "--reason", "drawings")).Exits(
            0
        );

        Assert.That(refused, Does.Contain($"--skip-scan-of {Place} --reason TEXT"));
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain($"without {Place} (drawings)")
        );
    }

    [Test]
    public async Task A_view_without_rows_is_told_by_the_audit_log()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            "CREATE MATERIALIZED VIEW public.vacant AS SELECT content FROM knowledge_entries WITH NO DATA"
        );

        (await site.RunAsync("keys", "retire", "1")).Exits(0);

        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("; not looked at: app.public.vacant")
        );
    }
}
