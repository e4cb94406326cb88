using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>
/// A policy may compare texts: a tenant that is set in another spelling than the column's shows no row, and its rows would keep
/// their old key.
/// </summary>
public sealed class WhenTenantsAreListedInAnotherSpelling
{
    private const string Tenant = "0197a000-0000-7000-8000-00000000000a";
    private const string Upper = "0197A000-0000-7000-8000-00000000000A";

    [TestCase("uuid", $"SELECT '{Upper}'")]
    [TestCase("uuid", $"SELECT '{Upper}'::uuid")]
    [TestCase("uuid", $"SELECT '{Tenant}  '::char(40)")]
    [TestCase("char(40)", $"SELECT '{Tenant}'::char(40)")]
    [TestCase("char(40)", $"SELECT '{Tenant}   '")]
    [TestCase("text", $"SELECT '{Tenant}'::char(40)")]
    [TestCase("varchar(40)", $"SELECT '{Tenant}'::uuid UNION ALL SELECT NULL")]
    public async Task Their_rows_are_rotated_all_the_same(string type, string listing)
    {
        await using var fixture = await CreateAsync(type, listing);

        var report = await fixture.Subject.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 2L)));
        await fixture.Owner.AssertRotatedAsync();
    }

    [Test]
    public async Task A_type_under_several_domains_is_what_it_is_under_them()
    {
        await using var fixture = await CreateAsync("text", "VALUES ('ACME'), ('acme')");
        await fixture.Owner.ExecuteAsync(
            $"""
            CREATE EXTENSION citext;
            CREATE DOMAIN folded AS citext;
            CREATE DOMAIN tenant_name AS folded;
            DROP POLICY of_tenant ON notes;
            ALTER TABLE notes ALTER tenant TYPE tenant_name;
            CREATE POLICY of_tenant ON notes USING (tenant::text = current_setting('{PolicyFixture.Setting}', true))
            """
        );

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.Subject.RotateAsync());

        Assert.That(fault.Message, Does.Contain("it does not say that tenant equals the map's setting"));
    }

    [Test]
    public async Task What_is_no_tenant_of_the_column_s_type_is_one_clear_error()
    {
        await using var fixture = await CreateAsync("uuid", $"VALUES ('{Tenant}'), ('acme')");

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.Subject.RotateAsync());

        Assert.That(
            fault.Message,
            Does.Contain("gives 'acme', which is no uuid").And.Contain("rowLevelSecurity.tenants (line 7")
        );
        Assert.That(
            await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 1"),
            Is.EqualTo(2)
        );
    }

    [Test]
    public async Task A_query_that_fails_on_a_row_is_named_without_the_row_s_value()
    {
        await using var fixture = await CreateAsync("uuid", "SELECT (datname || '!')::uuid FROM pg_database");

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.Subject.RotateAsync());

        Assert.That(
            fault.Message,
            Does.Contain("rowLevelSecurity.tenants (line 7 of the map) is refused (SQLSTATE 22P02)")
        );
    }

    private static async Task<PolicyFixture> CreateAsync(string type, string listing)
    {
        var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry(listing), foreignKey: false);
        await fixture.Owner.ExecuteAsync("DROP POLICY of_tenant ON notes; DELETE FROM notes");
        await fixture.Owner.InsertAsync([Note.Of("a", Tenant), Note.Of("b", Tenant)]);
        await fixture.Owner.ExecuteAsync(
            $"""
            ALTER TABLE notes ALTER tenant TYPE {type} USING tenant::{type};
            CREATE POLICY of_tenant ON notes
                USING (tenant IS NULL OR tenant::text = current_setting('{PolicyFixture.Setting}', true))
            """
        );
        return fixture;
    }
}
