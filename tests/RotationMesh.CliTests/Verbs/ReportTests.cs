namespace RotationMesh.CliTests.Verbs;

/// <summary><c>report</c>: a rotation for the logbook or an incident.</summary>
public sealed class ReportTests
{
    private const string Hostile = "<script>alert(1)</script>|[x](http://evil.test)`*";

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "200", "--tenants", "3");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_completed_rotation_tells_what_who_when_and_what_is_next()
    {
        (await site.RunAsync("rotate")).Exits(0);
        var report = (await site.RunAsync("report")).Exits(0).Output;
        foreach (
            var part in (string[])
                [
                    "# Rotation ",
                    "**Completed.**",
                    "| Command line | rotationmesh rotate |",
                    "## Rows by scope",
                    "## Rows by tenant",
                    "## Verification",
                    "## Timeline",
                    "keys retire N",
                    "a master key proves every event up to number ",
                    "audit verify --expect ",
                ]
        )
            Assert.That(report, Does.Contain(part));
        Assert.That(report, Does.Not.Contain("suspect corruption").And.Not.Contain("Nothing proves"));
    }

    [Test]
    public async Task Failures_come_with_causes_remedies_and_instructions()
    {
        await Damage.DoAsync(site.Database);
        (await site.RunAsync("rotate")).Exits(3);
        var report = (await site.RunAsync("report")).Exits(0).Output;
        Assert.That(report, Does.Contain("AuthenticationFailed: The value does not decrypt"));
        Assert.That(report, Does.Contain("## If you suspect corruption").And.Contain("rotationmesh retry "));
    }

    [Test]
    public async Task Of_a_rotation_with_many_events_it_tells_how_it_began_and_ended()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.audit_events (sequence, recorded_at, kind, rotation_id, actor, host, details,
                previous_hash, hash, key_version, mac)
            SELECT e.sequence + n, e.recorded_at, e.kind, e.rotation_id, e.actor, e.host, e.details,
                e.previous_hash, e.hash, e.key_version, e.mac
            FROM (SELECT * FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1) AS e,
                generate_series(1, 600) AS n
            """
        );
        var newest = await site.Database.ScalarAsync<long>(
            "SELECT max(sequence) FROM rotationmesh.audit_events"
        );

        var report = (await site.RunAsync("report")).Exits(0).Output;

        Assert.That(report, Does.Contain("| Command line | rotationmesh rotate |"));
        Assert.That(report, Does.Contain($"{newest - 500} between them are left out"));
        Assert.That(report, Does.Contain($"in the audit log: number {newest}"));
        var numbers = report.Split('\n').Select(line => line.Split(" | ")[0]).ToList();
        Assert.That(numbers, Has.Some.EqualTo("| 1").And.Some.EqualTo($"| {newest}"));
        Assert.That(numbers, Has.None.EqualTo("| 150"));
    }

    [Test]
    public async Task What_nobody_with_the_keys_wrote_is_not_told_as_if_it_were_proven()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            """
            ALTER TABLE rotationmesh.audit_events DISABLE TRIGGER USER;
            UPDATE rotationmesh.audit_events SET actor = 'somebody else' WHERE kind = 'RotationStarted'
            """
        );

        var report = (await site.RunAsync("report")).Exits(0).Output;

        Assert.That(report, Does.Contain("somebody else").And.Contain("**Nothing proves the audit log**"));
        Assert.That(report, Does.Contain("**The log does not prove what stands here:**"));
    }

    [Test]
    public async Task A_hash_that_no_key_proves_is_not_given_to_be_noted()
    {
        (await site.RunAsync("rotate")).Exits(0);
        var before = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        await site.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET audit_hash = pg_catalog.sha256('another log')"
        );

        var after = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();

        Assert.That((string?)before["auditHead"], Is.Not.Empty);
        Assert.That((string?)after["auditHead"], Is.Null);
    }

    [Test]
    public async Task Rows_that_are_left_of_tenants_that_it_does_not_list_are_told()
    {
        await using var many = await Site.LoadAsync("--rows", "300", "--tenants", "60");
        (await many.RunAsync("rotate")).Exits(0);
        foreach (var table in SampleTables.Encrypted)
            await many.Database.ExecuteAsync($"UPDATE {table} SET encryption_key_version = 1");

        var tenants = (await many.RunAsync("--output", "json", "report")).Exits(0).Json()["tenants"]!;
        var report = (await many.RunAsync("report")).Exits(0).Output;

        var unlisted = (long)tenants["moreLeft"]!;
        var listed = tenants["tenants"]!.AsArray().Sum(tenant => (long)tenant!["left"]!);
        Assert.That(unlisted, Is.GreaterThan(0));
        Assert.That(listed + unlisted, Is.EqualTo(await many.Database.RowsAsync()));
        Assert.That(report, Does.Contain($"{unlisted:N0} of their rows are left"));
    }

    [Test]
    public async Task A_rotation_that_was_started_with_another_map_says_so_in_every_document()
    {
        (await site.RunAsync("rotate")).Exits(0);
        site.Map = site.Map[..site.Map.IndexOf("  knowledge:", StringComparison.Ordinal)];
        const string told = "it was started with another map than this one";

        var shown = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        var watched = (await site.RunAsync("watch")).Exits(0).Output;
        var report = (await site.RunAsync("report")).Exits(0).Output;

        Assert.That((bool)shown["otherMap"]!, Is.True);
        Assert.That(shown["notes"]!.AsArray().Select(note => (string)note!), Has.One.StartsWith(told));
        Assert.That(watched, Does.Contain(told).And.Contain("every row of the map that it was started with"));
        Assert.That(report, Does.Contain(told).And.Contain("the map does not name it any more"));
    }

    [TestCase("md", "[x](")]
    [TestCase("html", "<script")]
    public async Task What_comes_from_the_database_is_text_in_it(string format, string markup)
    {
        await site.Database.ExecuteAsync(
            $"""
            ALTER TABLE knowledge_entries DISABLE TRIGGER ALL;
            INSERT INTO tenants (id, name) VALUES ('{Hostile}', 'x') ON CONFLICT DO NOTHING;
            UPDATE knowledge_entries SET "tenantId" = '{Hostile}' WHERE id = (SELECT min(id) FROM knowledge_entries)
            """
        );
        (await site.RunAsync("rotate")).Exits(3);
        var report = (await site.RunAsync("report", "--format", format)).Exits(0).Output;
        Assert.That(report, Does.Contain("alert").And.Not.Contains(markup));
    }

    [Test]
    public async Task It_shows_no_secret()
    {
        await Damage.DoAsync(site.Database);
        var secrets = new Secrets();
        await secrets.AddAsync(site.Database);
        foreach (var key in MasterKeys.Values.Values)
            secrets.Add("master key", key);
        (await site.RunAsync("rotate")).Exits(3);
        await secrets.AddAsync(site.Database);
        foreach (
            var verb in (string[])
                [
                    "report",
                    "report --format html",
                    "--output json report",
                    "audit",
                    "audit export",
                    "audit verify",
                ]
        )
            Assert.That(
                secrets.In((await site.RunAsync(verb.Split(' '))).Exits(0).ToString()),
                Is.Empty,
                verb
            );
    }

    [Test]
    public async Task Without_a_rotation_there_is_nothing_to_report() =>
        Assert.That((await site.RunAsync("report")).Refusal(), Does.Contain("no rotation yet"));
}
