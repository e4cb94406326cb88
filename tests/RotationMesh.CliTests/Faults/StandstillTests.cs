using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Faults;

/// <summary>What takes the database away from a rotation in its midst, without an end of its sessions alone.</summary>
public sealed class StandstillTests
{
    // So that it is not at its end before it is met.
    private const string SlowEntries = """
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
        CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH STATEMENT EXECUTE FUNCTION slow();
        """;

    private const string EndSessions = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'rotationmesh'
        """;

    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "8000", "--tenants", "20");
        await site.Database.ExecuteAsync(SlowEntries);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_database_that_turns_read_only_is_told_and_the_rotation_goes_on_after_it()
    {
        await using var run = await StartAsync();
        await site.Database.ExecuteAsync(
            $"ALTER DATABASE {site.Database.Name} SET default_transaction_read_only = on"
        );
        await site.Database.ExecuteAsync(EndSessions);

        var line = await SaysAsync(run, "the database is read-only");
        Assert.That(line, Does.Not.Contain(" left"));
        Assert.That((await site.RunAsync("status")).Output, Does.Contain("the database is read-only"));

        await site.Database.ExecuteAsync(
            $"""
            BEGIN READ WRITE;
            ALTER DATABASE {site.Database.Name} SET default_transaction_read_only = off;
            DROP TRIGGER slow ON knowledge_entries;
            COMMIT
            """
        );
        await site.Database.ExecuteAsync(EndSessions);
        (await Site.EndAsync(run)).Exits(0);
    }

    [Test]
    public async Task A_password_that_was_changed_is_told_and_the_rotation_goes_on_after_it()
    {
        await using var role = await RoleApartAsync();
        await using var run = await StartAsync();
        await site.Database.ExecuteAsync($"ALTER ROLE {role.Name} PASSWORD 'another-one'");
        await site.Database.ExecuteAsync($"{EndSessions} AND usename = '{role.Name}'");

        var line = await SaysAsync(run, "password authentication failed");
        Assert.That(line, Does.Not.Contain(" left"));

        await site.Database.ExecuteAsync($"ALTER ROLE {role.Name} PASSWORD 'pw-{role.Name}'");
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await Site.EndAsync(run)).Exits(0);
    }

    [Test]
    public async Task A_right_that_was_revoked_is_told()
    {
        await using var role = await RoleApartAsync();
        await using var run = await StartAsync();
        await site.Database.ExecuteAsync($"REVOKE UPDATE ON ALL TABLES IN SCHEMA public FROM {role.Name}");

        var line = await SaysAsync(run, "the role may not UPDATE");
        Assert.That(line, Does.Not.Contain(" left"));

        await site.Database.ExecuteAsync($"GRANT UPDATE ON ALL TABLES IN SCHEMA public TO {role.Name}");
        await site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries"); // both at once may wait for each other
        (await Site.EndAsync(run)).Exits(0);
    }

    [TestCase("ALTER TABLE knowledge_entries RENAME COLUMN content TO body", "has no column \"content\"")]
    [TestCase("ALTER TABLE knowledge_entries RENAME TO entries", "does not exist")]
    public async Task What_is_gone_is_waited_for_as_long_as_the_patience_lasts(string change, string told)
    {
        await using var run = await StartAsync("--output", "json", "rotate", "--patience", "3s");
        await site.Database.ExecuteAsync(change);

        var paused = (await Site.EndAsync(run)).Exits(3).Json();

        Assert.That(paused.State(), Is.EqualTo("Paused"));
        Assert.That((string)paused["reason"]!, Does.Contain(told).And.Contain("knowledge_entries"));
        (await site.RunAsync("status")).Exits(0);
    }

    // Of the application's database alone; the control schema is another role's.
    private async Task<Role> RoleApartAsync()
    {
        var role = await Role.CreateAsync(site.Database);
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;
        site.Variables["CONTROL_DATABASE_URL"] = site.Database.ConnectionString;
        site.Map += """

            control:
              connectionString: ${CONTROL_DATABASE_URL}
            """;
        return role;
    }

    private async Task<ProcessRun> StartAsync(params string[] verb)
    {
        var run = site.Command([.. verb is [] ? ["rotate"] : verb, "--batch-size", "20", "--workers", "1"])
            .Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(2),
            "the first rows are rotated"
        );
        return run;
    }

    // The first line that does.
    private static async Task<string> SaysAsync(ProcessRun run, string reason)
    {
        string? Line() =>
            run
                .ErrorSoFar.Split('\n')
                .FirstOrDefault(line => line.Contains(reason, StringComparison.Ordinal));
        await Eventually.Holds(
            () => Task.FromResult(Line() is not null),
            TimeSpan.FromMinutes(2),
            $"it says: {reason}"
        );
        return Line()!;
    }
}
