namespace RotationMesh.CliTests.Verbs;

/// <summary><c>keys retire</c> looks for old values where the map names none, or says that it did not and why.</summary>
public sealed class RetireScanTests
{
    private const string Audit = """
        CREATE TABLE audit_log (at timestamptz DEFAULT now(), change jsonb);
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN
            INSERT INTO audit_log (change) VALUES (
              jsonb_build_object('secret', jsonb_build_array(OLD."encryptedAccessToken", NEW."encryptedAccessToken")));
            RETURN NEW;
          END $$;
        CREATE TRIGGER keep AFTER UPDATE ON connectors FOR EACH ROW EXECUTE FUNCTION keep();
        """;

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "300", "--tenants", "5");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Copies_that_a_trigger_made_during_the_rotation_stand_in_the_way_until_they_are_gone()
    {
        await site.Database.ExecuteAsync(Audit);
        Assert.That(
            (await site.RunAsync("doctor")).Exits(0).Output,
            Does.Contain("trigger keep (function public.keep) may copy values")
                .And.Contain("OLD.encryptedAccessToken")
        );
        Assert.That(
            (await site.RunAsync("rotate")).Exits(0).Output,
            Does.Contain("Trigger keep of table connectors may have copied old values")
        );
        var copies = await site.Database.ScalarAsync<long>("SELECT count(*) FROM audit_log");
        Assert.That(copies, Is.Positive);

        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;

        Assert.That(
            refused,
            Does.Contain("In the way: public.audit_log.change at path secret[] (database app)")
        );
        Assert.That(refused, Does.Contain($"{copies} under context connector-tokens with key version 1"));
        Assert.That(refused, Does.Contain($"in {copies} rows"));
        Assert.That(await RetiredAsync(), Is.Zero);
        Assert.That(
            (await site.RunAsync("doctor", "--scan")).Exits(0).Output,
            Does.Contain($"looked at {copies} of {copies} rows: change").And.Contain("with key version 1")
        );

        await site.Database.ExecuteAsync("TRUNCATE audit_log");
        var retired = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(0).Json();
        var tables = retired["scans"]![0]!["tables"]!.AsArray();
        Assert.That(tables.Select(table => (string)table!["table"]!), Has.Member("public.audit_log"));
        Assert.That(tables.Select(table => (bool)table!["whole"]!), Is.All.True);
    }

    [Test]
    public async Task A_table_that_somebody_has_locked_is_waited_for_and_looked_at_before_the_version_is_retired()
    {
        await site.Database.ExecuteAsync(
            "CREATE TABLE ledger AS SELECT \"encryptedAccessToken\" AS copy FROM connectors"
        );
        (await site.RunAsync("rotate")).Exits(0);
        string refused;
        await using (var migration = await site.Database.DataSource.OpenConnectionAsync())
        await using (var locked = await migration.BeginTransactionAsync())
        {
            await using var take = new Npgsql.NpgsqlCommand("LOCK TABLE ledger", migration, locked);
            await take.ExecuteNonQueryAsync();
            refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        }

        Assert.That(refused, Does.Contain("In the way: ").And.Contain(Core.Reasons.OpenAtCount));
        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("In the way: public.ledger.copy")
        );
        Assert.That(await RetiredAsync(), Is.Zero);
    }

    [Test]
    public async Task A_value_that_is_too_large_to_be_read_stands_in_the_way_until_its_column_is_left_out()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE TABLE files (name text, held bytea);
            ALTER TABLE files ALTER COLUMN held SET STORAGE EXTERNAL;
            INSERT INTO files SELECT 'plan', decode(repeat('a0', 5000000), 'hex')
            """
        );
        (await site.RunAsync("rotate")).Exits(0);

        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        string[] leaveOut = ["--skip-scan-of", "app.public.files.held", "--reason", "drawings"];
        (await site.RunAsync(["keys", "retire", "1", .. leaveOut])).Exits(0);

        Assert.That(
            refused,
            Does.Contain("1 of them have a value that is too large to be read")
                .And.Contain("--skip-scan-of app.public.files --reason TEXT")
        );
    }

    [Test]
    public async Task Who_skips_the_scan_says_why_and_it_is_recorded()
    {
        await site.Database.ExecuteAsync(Audit);
        (await site.RunAsync("rotate")).Exits(0);
        foreach (
            var half in (string[][])
                [
                    ["--skip-scan"],
                    ["--reason", "trimmed"],
                    ["--skip-scan", "--reason", " "],
                    ["--skip-scan-of", "app.public.audit_log"],
                    ["--skip-scan", "--skip-scan-of", "app.public.audit_log", "--reason", "trimmed"],
                    ["--skip-scan-of", "app.public.audit_logs", "--reason", "trimmed"],
                ]
        )
            (await site.RunAsync(["keys", "retire", "1", .. half])).Exits(2);
        Assert.That(await RetiredAsync(), Is.Zero);

        var outcome = await site.RunAsync(
            "keys",
            "retire",
            "1",
            "--skip-scan",
            "--reason",
            "the log is trimmed at night"
        );

        Assert.That(
            outcome.Exits(0).Output,
            Does.Contain(
                "No row of the map's tables needs it; what the map does not name was not scanned (the log is trimmed at night)"
            )
        );
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("no scan of what the map does not name: the log is trimmed at night")
        );
        // Asked again without that, it is looked for all the same.
        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("In the way: public.audit_log.change at path secret[] (database app)")
        );
    }

    [TestCase("--skip-scan")]
    [TestCase("--skip-scan-of", "app.public")]
    public async Task What_is_left_out_of_a_version_that_is_retired_already_is_recorded_too(
        params string[] leaveOut
    )
    {
        (await site.RunAsync("rotate")).Exits(0);
        string[] retire = ["--output", "json", "keys", "retire", "1"];
        var first = (await site.RunAsync(retire)).Exits(0).Json();

        var again = await site.RunAsync([.. retire, .. leaveOut, "--reason", "trimmed at night"]);

        Assert.That((string)again.Exits(0).Json()["retiredAt"]!, Is.EqualTo((string)first["retiredAt"]!));
        Assert.That((await site.RunAsync("audit")).Exits(0).Output, Does.Contain("trimmed at night"));
        (await site.RunAsync("audit", "verify")).Exits(0);
    }

    [TestCase("app.public")]
    [TestCase("app.public.audit_log")]
    [TestCase("app.public.audit_log.change")]
    public async Task Who_leaves_a_place_out_says_why_and_it_is_recorded(string place)
    {
        await site.Database.ExecuteAsync(Audit);
        (await site.RunAsync("rotate")).Exits(0);

        var outcome = await site.RunAsync(
            "keys",
            "retire",
            "1",
            "--skip-scan-of",
            place,
            "--reason",
            "the log is trimmed at night"
        );

        Assert.That(
            outcome.Exits(0).Output,
            Does.Contain($"left out: {place} (the log is trimmed at night)")
                .And.Contain("tables that were looked at")
                .And.Contain("neither compressed nor encrypted once more")
        );
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("of them wholly) were looked at")
                .And.Contain($"without {place} (the log is trimmed at night)")
        );
    }

    [Test]
    public async Task Values_that_other_keys_open_or_none_are_told_and_stand_in_nobody_s_way()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            """
            CREATE TABLE public.copies AS SELECT "tenantId", "encryptedAccessToken" AS token FROM connectors;
            CREATE TABLE public.strange AS SELECT encode(sha512(id::bytea), 'base64') AS token FROM connectors;
            """
        );

        var outcome = (await site.RunAsync("keys", "retire", "1")).Exits(0).Output;

        Assert.That(outcome, Does.Contain("Scan: public.copies.token").And.Contain("with key version 2"));
        Assert.That(outcome, Does.Contain("Scan: public.strange.token").And.Contain("look like envelopes"));
    }

    [Test]
    public async Task Where_the_key_is_not_there_to_tell_what_looks_like_an_envelope_stands_in_the_way()
    {
        await site.Database.ExecuteAsync(
            """CREATE TABLE public.copies AS SELECT "tenantId", "encryptedAccessToken" AS token FROM connectors"""
        );
        (await site.RunAsync("rotate")).Exits(0);
        site.HoldKeys(2);
        site.Variables["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = null;

        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("public.copies.token").And.Contain("the key ring lacks the key of version 1")
        );
    }

    [Test]
    public async Task Safe_to_retire_is_said_of_the_map_s_tables()
    {
        (await site.RunAsync("rotate")).Exits(0);
        Assert.That(
            (await site.RunAsync("keys")).Exits(0).Output,
            Does.Match(
                "no row claims the version, and that ([0-9,]+) of \\1 rows were decrypted without its key"
            )
        );
    }

    private Task<long> RetiredAsync() =>
        site.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.retired_keys");
}
