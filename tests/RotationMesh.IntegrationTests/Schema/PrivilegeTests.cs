using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

public sealed class PrivilegeTests
{
    [TestCase("SELECT", "UPDATE")]
    [TestCase("UPDATE", "SELECT")]
    [TestCase("SELECT (id, tenant, version), UPDATE", "SELECT")]
    [TestCase("SELECT, UPDATE (version)", "UPDATE")]
    public async Task A_missing_privilege_is_told_with_the_grant(string granted, string missing)
    {
        await using var owner = await SchemaFixture.CreateAsync(Entries.Notes);
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync(granted, "notes");
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults.Single().Problem, Does.StartWith($"the role may not {missing} \""));
        Assert.That(report.Faults.Single().Fix, Is.EqualTo($"GRANT {missing} ON \"notes\" TO the role"));
    }

    [Test]
    public async Task Reading_alone_needs_no_right_to_update()
    {
        await using var owner = await SchemaFixture.CreateAsync(Entries.Notes);
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT", "notes");
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, false, CancellationToken.None);

        Assert.That(report.Faults, Is.Empty);
    }

    [Test]
    public async Task The_right_to_update_the_columns_of_the_map_is_enough()
    {
        await using var owner = await SchemaFixture.CreateAsync(Entries.Notes);
        await owner.InsertAsync(Note.Many(10));
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE (body, version)", "notes");
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.RotateAsync();

        Assert.That(report.Tables[0].Rotated, Is.EqualTo(10));
    }

    [Test]
    public async Task A_leaf_that_the_role_may_not_touch_is_named_with_its_grant()
    {
        await using var owner = await Fixture.CreateAsync(Entries.Notes);
        await owner.ExecuteAsync(
            """
            CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version int) PARTITION BY HASH (id);
            CREATE TABLE notes_all PARTITION OF notes FOR VALUES WITH (MODULUS 1, REMAINDER 0)
            """
        );
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(
            report.Faults.Single().ToString(),
            Does.Contain("\"notes_all\"").And.Contain("GRANT SELECT")
        );
    }

    [TestCase("hidden", "hidden.notes")]
    [TestCase("public", "notes")]
    public async Task A_schema_that_the_role_may_not_use_is_told_with_the_grant(string schema, string table)
    {
        await using var owner = await Fixture.CreateAsync(Entries.Table(table));
        await owner.ExecuteAsync(
            $"CREATE SCHEMA IF NOT EXISTS {schema}; REVOKE USAGE ON SCHEMA {schema} FROM PUBLIC"
        );
        await owner.CreateNotesAsync($"{schema}.notes");
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", $"{schema}.notes");
        await using var fixture = owner.Variant(user: role.Name);

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(
            (report.Faults.Single().Problem, report.Faults.Single().Fix),
            Is.EqualTo(
                (
                    $"the role may not use schema \"{schema}\"",
                    $"GRANT USAGE ON SCHEMA \"{schema}\" TO the role"
                )
            )
        );
    }
}
