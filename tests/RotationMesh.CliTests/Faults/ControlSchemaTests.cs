namespace RotationMesh.CliTests.Faults;

/// <summary>A role that may rotate the rows, but not create the schema that keeps rotations.</summary>
public sealed class ControlSchemaTests
{
    private Site site = null!;
    private Role role = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "100", "--tenants", "2");
        role = await Role.CreateAsync(site.Database);
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;
    }

    [TearDown]
    public async Task Drop()
    {
        await role.DisposeAsync();
        await site.DisposeAsync();
    }

    [Test]
    public async Task Nothing_is_written_and_the_statement_to_run_is_told()
    {
        var bytes = await site.Database.BytesAsync();
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(line, Does.Contain("CREATE SCHEMA rotationmesh AUTHORIZATION"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task The_doctor_says_so_before() =>
        Assert.That(
            (await site.RunAsync("doctor")).Exits(2).Output,
            Does.Contain("CREATE SCHEMA rotationmesh AUTHORIZATION")
        );

    [Test]
    public async Task After_that_statement_the_rotation_runs()
    {
        await site.Database.ExecuteAsync($"CREATE SCHEMA rotationmesh AUTHORIZATION {role.Name}");
        (await site.RunAsync("doctor")).Exits(0);
        (await site.RunAsync("rotate")).Exits(0);
        (await site.RunAsync("failures")).Exits(0);
    }

    [TestCase(
        "REVOKE ALL ON SCHEMA rotationmesh FROM ROLE",
        "GRANT USAGE, CREATE ON SCHEMA rotationmesh TO ROLE"
    )]
    [TestCase(
        "REVOKE ALL ON ALL TABLES IN SCHEMA rotationmesh FROM ROLE",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rotationmesh TO ROLE"
    )]
    [TestCase("ALTER TABLE rotationmesh.rotations DROP COLUMN reason CASCADE", "column reason of table")]
    [TestCase(
        "DELETE FROM rotationmesh.schema_versions",
        "journal rotationmesh.schema_versions does not know it"
    )]
    [TestCase(
        "INSERT INTO rotationmesh.schema_versions (scriptname, applied) VALUES ('9999_future', now())",
        "newer than this program (migration 9999_future)"
    )]
    public async Task What_is_wrong_with_the_schema_is_told_by_doctor_and_rotation_alike(
        string damage,
        string told
    )
    {
        await site.Database.ExecuteAsync($"CREATE SCHEMA rotationmesh AUTHORIZATION {role.Name}");
        (await site.RunAsync("rotate", "--only", "connectors")).Exits(0);
        await site.Database.ExecuteAsync(damage.Replace("ROLE", role.Name, StringComparison.Ordinal));
        var words = told.Replace("ROLE", role.Name, StringComparison.Ordinal);

        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(words));
        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain(words));
    }

    [Test]
    public async Task A_dry_run_needs_no_schema() => (await site.RunAsync("rotate", "--dry-run")).Exits(0);

    [Test]
    public async Task A_missing_privilege_on_a_table_is_told_with_the_statement_to_run()
    {
        await site.Database.ExecuteAsync($"REVOKE UPDATE ON connectors FROM {role.Name}");
        Assert.That(
            (await site.RunAsync("rotate")).Refusal(),
            Does.Contain("table connectors").And.Contain("GRANT UPDATE ON \"connectors\"")
        );
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
    }

    [Test]
    public async Task A_role_that_sees_only_a_part_of_the_rows_is_refused()
    {
        await site.Database.ExecuteAsync($"ALTER ROLE {role.Name} NOBYPASSRLS");
        var outcome = (await site.RunAsync("rotate")).Exits(2);
        Assert.That(outcome.ErrorLines(), Has.Length.EqualTo(3).And.All.Contain("row-level security"));
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
    }
}
