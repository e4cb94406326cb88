namespace RotationMesh.CliTests.Verbs;

/// <summary><c>keys retire</c>: an old version goes out of service when nothing needs it, and not before.</summary>
public sealed class RetireTests
{
    private Site site = null!;

    [SetUp]
    public async Task Rotate()
    {
        site = await Site.LoadAsync("--rows", "1000", "--tenants", "500");
        (await site.RunAsync("rotate")).Exits(0);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_version_that_nothing_needs_is_retired_and_stays_so()
    {
        var outcome = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(0).Json();
        Assert.That((bool)outcome["retired"]!, Is.True);
        var again = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(0).Json();
        Assert.That((string)again["retiredAt"]!, Is.EqualTo((string)outcome["retiredAt"]!));
        var events = (await site.RunAsync("--output", "json", "audit")).Exits(0).Json()["events"]!.AsArray();
        Assert.That(events.Count(entry => (string)entry!["kind"]! == "KeyRetired"), Is.EqualTo(1));
        (await site.RunAsync("audit", "verify")).Exits(0);
        Assert.That((await site.RunAsync("keys")).Exits(0).Output, Does.Contain("retired"));
    }

    [TestCase(
        "UPDATE connectors SET encryption_key_version = 1",
        "claim version 1",
        TestName = "One_leftover_row"
    )]
    [TestCase(
        "UPDATE connectors SET \"encryptedAccessToken\" = overlay(\"encryptedAccessToken\" placing '!!!!AAAA' from 30)",
        "do not decrypt without it",
        TestName = "One_row_that_does_not_decrypt"
    )]
    public async Task Of_500_tenants_keeps_it_in_service(string statement, string told)
    {
        await site.Database.ExecuteAsync($"{statement} WHERE id = (SELECT max(id) FROM connectors)");
        Assert.That((await site.RunAsync("keys", "retire", "1")).Exits(4).Output, Does.Contain(told));
        Assert.That(
            await site.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.retired_keys"),
            Is.Zero
        );
    }

    [Test]
    public async Task An_external_value_keeps_it_in_service()
    {
        await site.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = '__external_storage__', encryption_key_version = 1
            WHERE id = (SELECT max(id) FROM knowledge_entries)
            """
        );
        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("1 external values of version 1")
        );
    }

    [Test]
    public async Task A_recorded_failure_keeps_it_in_service_until_a_later_rotation()
    {
        await site.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.row_failures (rotation_id, scope, database_name, table_name, row_key, key_digest, version, error)
            SELECT correlation_id, 'connectors', 'app', 'connectors', '{"id": "gone"}', sha256('gone'), 1, 'DatabaseError'
            FROM rotationmesh.rotations
            """
        );
        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("1 failed rows of version 1")
        );
        (await site.RunAsync("rotate")).Exits(0);
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    [Test]
    public async Task A_key_that_another_version_has_too_keeps_it_in_service()
    {
        site.Set(
            MasterKeys.Variables(
                3,
                MasterKeys.Values[1],
                new Dictionary<int, string> { [1] = MasterKeys.Values[1], [2] = MasterKeys.Values[2] }
            )
        );
        const string told = "key versions 1 and 3 are one and the same key";
        Assert.That(
            (await site.RunAsync("keys")).Exits(0).Output,
            Does.Contain($"Version 1 is not safe to retire: {told}")
        );
        Assert.That((await site.RunAsync("keys", "retire", "1")).Exits(4).Output, Does.Contain(told));
    }

    [Test]
    public async Task A_database_that_a_rotation_was_for_and_the_map_no_longer_leads_to_keeps_it_in_service_until_it_is_said_to_be_gone()
    {
        await site.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotated_databases SET identity = '0123456789abcdef/7'"
        );
        const string told = "database app (0123456789abcdef/7), which rotation ";

        Assert.That((await site.RunAsync("keys")).Exits(0).Output, Does.Contain(told));
        Assert.That(
            (await site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain(told).And.Contain("--gone app=0123456789abcdef/7")
        );
        Assert.That(
            (await site.RunAsync("keys", "retire", "1", "--gone", "other")).Refusal(),
            Does.Contain("--gone other")
        );
        Assert.That(
            (await site.RunAsync("keys", "retire", "1", "--gone", "app=0123456789abcdef/8")).Refusal(),
            Does.Contain("--gone app=0123456789abcdef/8")
        );
        (await site.RunAsync("keys", "retire", "1", "--gone", "app=0123456789abcdef/7")).Exits(0);
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        Assert.That(
            (await site.RunAsync("--output", "json", "audit")).Exits(0).Output,
            Does.Contain("app 0123456789abcdef/7")
        );
    }

    [Test]
    public async Task The_current_version_and_one_that_never_was_are_refused()
    {
        (await site.RunAsync("keys", "retire", "2")).Exits(4);
        Assert.That((await site.RunAsync("keys", "retire", "3")).Refusal(), Does.Contain("never was"));
    }

    [Test]
    public async Task A_rotation_to_it_is_refused_and_writes_nothing([Values] bool dryRun)
    {
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        var before = await site.Database.BytesAsync();

        string[] way = dryRun ? ["--dry-run"] : [];
        var refused = (
            await site.RunAsync(["rotate", "--target-version", "1", "--allow-downgrade", .. way])
        ).Refusal();

        Assert.That(refused, Does.Contain("key version 1 is retired"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(before));
        Assert.That(
            await site.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.rotations"),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task A_row_that_claims_it_later_is_reported()
    {
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        (await site.RunAsync("verify")).Exits(0);
        await site.Database.ExecuteAsync(
            "UPDATE connectors SET encryption_key_version = 1 WHERE id = (SELECT max(id) FROM connectors)"
        );
        foreach (var (verb, code) in (ValueTuple<string, int>[])[("census", 0), ("verify", 3), ("doctor", 2)])
            Assert.That(
                (await site.RunAsync(verb)).Exits(code).Output,
                Does.Contain("version 1, which is retired")
            );
        var census = (await site.RunAsync("--output", "json", "census")).Exits(0).Json();
        Assert.That((int)census["retired"]![0]!["version"]!, Is.EqualTo(1));
    }

    [Test]
    public async Task A_version_whose_rows_came_back_is_retired_no_second_time()
    {
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        await site.Database.ExecuteAsync(
            "UPDATE connectors SET encryption_key_version = 1 WHERE id IN (SELECT id FROM connectors ORDER BY id LIMIT 20)"
        );

        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        var again = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(4).Json();

        Assert.That(
            refused,
            Does.Contain("and 20 rows claim it again")
                .And.Contain("was retired, at")
                .And.Contain("keep its key")
        );
        Assert.That((bool)again["retired"]!, Is.False);
        Assert.That(
            await site.Database.ScalarAsync<long>(
                "SELECT count(*) FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task A_version_is_not_retired_because_somebody_wrote_so_into_the_table()
    {
        await site.Database.ExecuteAsync(
            """
            UPDATE connectors SET encryption_key_version = 1 WHERE id IN (SELECT id FROM connectors ORDER BY id LIMIT 20);
            INSERT INTO rotationmesh.retired_keys (version, fingerprint, retired_by, audit_sequence, audit_hash)
            SELECT 1, '0000000000000000', 'ann', sequence, hash FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1
            """
        );

        const string told = "the control schema calls it retired, but no event of the audit log says so";
        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4).Output;
        var keys = (await site.RunAsync("--output", "json", "keys")).Exits(0).Json()["keys"]![0]!;

        Assert.That(refused, Does.Contain("claim version 1").And.Contain(told));
        Assert.That((string?)keys["retiredAt"], Is.Null);
        Assert.That((bool)keys["safeToRetire"]!, Is.False);
        Assert.That((await site.RunAsync("keys")).Exits(0).Output, Does.Contain(told));
        Assert.That(
            (await site.RunAsync("audit", "verify")).Exits(3).Output,
            Does.Contain("is not the event that the retirement of key version 1 noted")
        );
    }

    [Test]
    public async Task A_retired_version_stays_so_when_somebody_takes_it_out_of_the_table()
    {
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        await site.Database.ExecuteAsync("DELETE FROM rotationmesh.retired_keys");

        Assert.That(
            (await site.RunAsync("rotate", "--target-version", "1", "--allow-downgrade")).Refusal(),
            Does.Contain("key version 1 is retired")
        );
        Assert.That((await site.RunAsync("keys")).Exits(0).Output, Does.Contain("retired"));
        Assert.That(
            (await site.RunAsync("audit", "verify")).Exits(3).Output,
            Does.Contain("retired key version 1, and it is missing in the table of retired versions")
        );
        (await site.RunAsync("keys", "retire", "1")).Exits(0);
        (await site.RunAsync("audit", "verify")).Exits(0);
        Assert.That(
            await site.Database.ScalarAsync<long>(
                "SELECT count(*) FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo(1)
        );
    }
}
