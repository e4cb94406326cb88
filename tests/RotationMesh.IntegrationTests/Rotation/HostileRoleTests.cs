using RotationMesh.IntegrationTests.Concurrency;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A role or a database whose settings suit an application, and not a rotation.</summary>
public sealed class HostileRoleTests
{
    [TestCase("statement_timeout = '90ms'")]
    [TestCase("lock_timeout = '1ms'")]
    [TestCase("idle_in_transaction_session_timeout = '1ms'")]
    [TestCase("search_path = 'nowhere', 'public'")]
    [TestCase("row_security = off")]
    [TestCase("bytea_output = 'escape'")]
    [TestCase("datestyle = 'German, DMY'")]
    [TestCase("client_encoding = 'LATIN1'")]
    [TestCase("standard_conforming_strings = off")]
    [TestCase("default_transaction_isolation = 'serializable'")]
    [TestCase("enable_seqscan = off")]
    [TestCase("synchronous_commit = 'remote_apply'")]
    public async Task Rotates_as_any_other(string setting)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version int DEFAULT 1, raw bytea, at timestamptz);
            CREATE INDEX ON notes (tenant);
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION slow()
            """
        );
        await fixture.InsertAsync(Note.Many(200).Append(Note.Of("naïve\\ 'ключ'", "tenant-ü\\")));
        await SetAsync(fixture, setting);

        var report = await fixture.RotateAsync(batchSize: 30);

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 201L)));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task That_turns_policies_into_errors_rotates_under_them()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(30));
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await fixture.ExecuteAsync(
            $"""
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON notes USING (tenant = current_setting('app.tenant', true));
            ALTER ROLE {role.Name} SET row_security = off
            """
        );
        await using var theirs = fixture.Variant(
            [Entries.Notes with { RowLevelSecurity = new("app.tenant", null) }],
            user: role.Name
        );

        var target = (await theirs.TargetsAsync()).Single();

        Assert.That(target.ByTenant, Is.True);
    }

    [Test]
    public async Task That_is_read_only_is_refused()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await SetAsync(fixture, "default_transaction_read_only = on");

        Assert.That(
            async () => await fixture.TargetsAsync(),
            Throws.TypeOf<Core.UsageException>().With.Message.Contains("a role that may write")
        );
    }

    [TestCase("datestyle = 'German, DMY'", "timestamptz", "'2023-10-03 06:55:49.100001Z'", "2023-10-03 ")]
    [TestCase("extra_float_digits = -10", "float8", "1 / 7::float8", "0.14285714285714285")]
    [TestCase("bytea_output = 'escape'", "bytea", "'\\xff5c00'", "\\xff5c00")]
    public async Task A_key_that_is_read_again_is_the_same_key(
        string setting,
        string type,
        string key,
        string shown
    )
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes (id {type} PRIMARY KEY, tenant text, body text, version int DEFAULT 1);
            INSERT INTO notes VALUES ({key}, 'acme', @body, 1);
            CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER swallow BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION swallow()
            """,
            new { body = Value.Seal("plain", "acme") }
        );
        await SetAsync(fixture, setting);

        var pass = await fixture.PassAsync();

        Assert.That(pass.Failures.Single().Key.Single().Value, Does.StartWith(shown));
    }

    private static Task SetAsync(Fixture fixture, string setting) =>
        fixture.ExecuteAsync(
            $"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting.Replace("'", "''", StringComparison.Ordinal)}', current_database()); END $$"
        );
}
