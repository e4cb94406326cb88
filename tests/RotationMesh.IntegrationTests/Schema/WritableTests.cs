using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>What a rotation needs and a count does not: a column that can hold the version, and a role that may write.</summary>
public sealed class WritableTests
{
    [TestCase(2, true)]
    [TestCase(32767, true)]
    [TestCase(32768, false)]
    public async Task A_target_version_must_fit_into_the_version_column(int target, bool fits)
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes);
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version smallint)"
        );

        var report = await fixture.Schema.CheckAsync(
            fixture.Map.Tables,
            false,
            target,
            CancellationToken.None
        );

        Assert.That(
            report.Faults.Select(fault => fault.Problem),
            fits
                ? Is.Empty
                : Is.EqualTo(
                    new[] { "version column \"version\" is smallint, which can't hold version 32768" }
                )
        );
    }

    [Test]
    public async Task A_role_that_is_set_read_only_is_told_once_and_may_still_read()
    {
        await using var owner = await SchemaFixture.CreateAsync(Entries.Notes, Entries.Table("ruled"));
        await owner.ExecuteAsync("DROP RULE hush ON ruled");
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", "notes, ruled");
        await owner.ExecuteAsync($"ALTER ROLE {role.Name} SET default_transaction_read_only = on");
        await using var fixture = owner.Variant(user: role.Name);

        var writing = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);
        var reading = await fixture.Schema.CheckAsync(fixture.Map.Tables, false, CancellationToken.None);

        Assert.That(writing.Faults.Single().ToString(), Does.Contain("read-only").And.Contain("primary"));
        Assert.That(reading.Faults, Is.Empty);
    }
}
