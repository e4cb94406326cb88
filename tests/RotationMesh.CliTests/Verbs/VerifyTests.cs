namespace RotationMesh.CliTests.Verbs;

/// <summary><c>verify</c>: decrypts rows under the version that they claim.</summary>
public sealed class VerifyTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load_and_rotate()
    {
        site = await Site.LoadAsync("--rows", "600", "--tenants", "4", "--external", "3");
        (await site.RunAsync("rotate")).Exits(0);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Sound_rows_verify_and_are_counted()
    {
        var document = (await site.RunAsync("--output", "json", "verify")).Exits(0).Json();
        var rows = await site.Database.RowsAsync();
        Assert.Multiple(() =>
        {
            Assert.That((bool)document["ok"]!, Is.True);
            Assert.That(document.Total("rows"), Is.EqualTo(rows));
            Assert.That(document.Total("external"), Is.EqualTo(3));
            Assert.That(document.Total("verified"), Is.EqualTo(rows - 3));
            Assert.That(document.Total("failed"), Is.Zero);
        });
    }

    [Test]
    public async Task Rows_that_were_damaged_since_are_named()
    {
        var damaged = await Damage.DoAsync(site.Database);
        var document = (await site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        Assert.That((bool)document["ok"]!, Is.False);
        Assert.That(document.Total("failed"), Is.EqualTo(damaged.Count));
        Assert.That(
            document.Failures(),
            Is.EquivalentTo(damaged.Select(damage => (damage.Table, damage.Id, damage.Error)))
        );
    }

    [Test]
    public async Task An_envelope_of_nothing_is_a_failure_of_its_own_class()
    {
        await site.Database.ExecuteAsync(
            $"""
            UPDATE connectors AS c SET "encryptedAccessToken" = v.stored
            FROM (VALUES {string.Join(
                ", ",
                (await site.Database.QueryAsync<string>("SELECT id FROM tenants")).Select(tenant =>
                    $"('{tenant}', '{Envelope.SealNothing(2, tenant, "connector-tokens")}')"
                )
            )}) AS v (tenant, stored) WHERE v.tenant = c."tenantId"
            """
        );
        var document = (await site.RunAsync("--output", "json", "verify", "--only", "connectors"))
            .Exits(3)
            .Json();
        Assert.That(document.Failures().Select(failure => failure.Error), Is.All.EqualTo("EmptyPlaintext"));
        Assert.That(document.Total("failed"), Is.EqualTo(document.Total("rows")));
    }

    [Test]
    public async Task A_rotation_that_finds_a_damaged_row_at_the_target_does_not_say_that_all_is_well()
    {
        await site.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = left(content, 60) WHERE id = (SELECT max(id) FROM knowledge_entries WHERE storage_key IS NULL)"
        );
        var document = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();
        Assert.That(document.Total("failed"), Is.EqualTo(1));
        Assert.That(document.Failures(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task It_says_what_it_was_limited_to()
    {
        var tenant = await site.Database.ScalarAsync<string>("SELECT min(id) FROM tenants");
        string[] limits = ["--only", "connectors", "--tenant", tenant!, "--sample", "50%"];

        var all = (await site.RunAsync("--output", "json", "verify")).Exits(0).Json();
        var some = (await site.RunAsync(["--output", "json", "verify", .. limits])).Exits(0).Json();
        var said = (await site.RunAsync(["verify", .. limits])).Exits(0);

        string[] expected = [$"scope connectors, tenant {tenant}", "a sample of 50 %"];
        Assert.That(all["limits"]!.AsArray(), Is.Empty);
        Assert.That(some["limits"]!.AsArray().Select(limit => (string)limit!), Is.EqualTo(expected));
        Assert.That(
            said.Output.ReplaceLineEndings(" "),
            Does.Contain($"Limited to {string.Join("; ", expected)}")
        );
    }

    [Test]
    public async Task A_sample_decrypts_about_its_share()
    {
        var document = (await site.RunAsync("--output", "json", "verify", "--sample", "50%")).Exits(0).Json();
        Assert.That((double)document.Total("verified") / document.Total("rows"), Is.EqualTo(0.5).Within(0.3));
    }

    [Test]
    public async Task Of_a_small_table_a_sample_is_all_of_it_and_of_others_100_rows_or_so()
    {
        var document = (await site.RunAsync("--output", "json", "verify", "--sample", "0.001%"))
            .Exits(0)
            .Json();
        foreach (var table in document["scopes"]!.AsArray())
        {
            var rows = (long)table!["rows"]! - (long)table["external"]!;
            var verified = (long)table["verified"]!;
            if (rows <= 100)
                Assert.That(verified, Is.EqualTo(rows), $"{table["table"]}");
            else
                Assert.That(verified, Is.InRange(50, 200), $"{table["table"]}");
        }
    }

    [Test]
    public async Task A_damaged_row_of_a_small_table_is_found_by_any_sample()
    {
        await site.Database.ExecuteAsync(
            "UPDATE connectors SET \"encryptedAccessToken\" = left(\"encryptedAccessToken\", 60) WHERE id = (SELECT max(id) FROM connectors)"
        );
        (await site.RunAsync("verify", "--sample", "1%")).Exits(3);
    }

    [Test]
    public async Task Nothing_is_written()
    {
        var bytes = await site.Database.BytesAsync();
        (await site.RunAsync("verify")).Exits(0);
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task A_ring_that_lacks_the_rows_version_fails_every_row()
    {
        site.HoldKeys(3, 1);
        var document = (await site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        Assert.That(
            document.Failures().Select(failure => failure.Error),
            Is.All.EqualTo("UnknownKeyVersion")
        );
        Assert.That(document.Total("failed"), Is.EqualTo(document.Total("rows") - 3));
    }
}
