using RotationMesh.Core;
using RotationMesh.IntegrationTests.Retiring;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>Behind row-level security, what is not in the list of tenants is not seen: the list must be the table's own.</summary>
public sealed class TenantSourceTests
{
    [TestCase(
        "CREATE TABLE paying (id text PRIMARY KEY); INSERT INTO paying VALUES ('tenant-1');"
            + "CREATE TABLE invoices (tenant text REFERENCES paying); GRANT SELECT ON paying, invoices TO PUBLIC",
        TestName = "another table's foreign key"
    )]
    [TestCase(
        "CREATE TABLE paying (id text PRIMARY KEY); INSERT INTO paying VALUES ('tenant-1');"
            + "ALTER TABLE notes ADD FOREIGN KEY (tenant) REFERENCES paying NOT VALID; GRANT SELECT ON paying TO PUBLIC",
        TestName = "a foreign key that is not validated"
    )]
    [TestCase(
        "ALTER TABLE notes ADD FOREIGN KEY (tenant) REFERENCES tenants; ALTER TABLE notes DISABLE TRIGGER ALL",
        TestName = "a foreign key that is not enforced"
    )]
    [TestCase(
        "ALTER TABLE notes ADD FOREIGN KEY (tenant) REFERENCES tenants;"
            + "CREATE TABLE more (PRIMARY KEY (id)) INHERITS (notes); INSERT INTO more (id, tenant) VALUES ('m', 'stranger');"
            + "GRANT SELECT, UPDATE ON more TO PUBLIC",
        TestName = "a foreign key that a table which inherits does not have"
    )]
    public async Task Is_no_list_of_tenants(string statements)
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry(), foreignKey: false);
        await fixture.Owner.ExecuteAsync(statements);

        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("no validated foreign key of its own on")
        );
        Assert.That(
            await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version <> 1"),
            Is.Zero
        );
    }

    [Test]
    public async Task A_rotation_names_the_list_that_it_went_by()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());

        var report = await fixture.Subject.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(
            report.Notes.Single(),
            Does.EndWith("its tenants are those of foreign key notes_tenant_fkey to public.tenants")
        );
    }

    [Test]
    public async Task A_list_that_lacks_tenants_is_noticed_by_the_statistics()
    {
        await using var fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry("SELECT 'tenant-1'::text"),
            foreignKey: false
        );
        await fixture.Owner.ExecuteAsync("ANALYZE notes");

        var report = await fixture.Subject.RotateAsync();

        Assert.That(report.Notes, Has.Count.EqualTo(2));
        Assert.That(report.Notes[0], Does.EndWith("the map's query rowLevelSecurity.tenants (line 7)"));
        Assert.That(
            report.Notes[1],
            Does.Contain("25 rows were counted, and the database's statistics know of about 65")
        );
    }

    [Test]
    public async Task A_key_is_retired_by_a_role_that_sees_every_row_alone()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        Assert.That((await fixture.Subject.RotateAsync()).State, Is.EqualTo("Completed"));

        var refused = await fixture.Subject.RetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(refused.InTheWay.Single(), Does.Contain("row-level security").And.Contain("BYPASSRLS"));
        Assert.That((await fixture.Subject.KeyAsync()).SafeToRetire, Is.False);
        Assert.That((await fixture.Owner.RetireAsync()).InTheWay, Is.Empty);
    }
}
