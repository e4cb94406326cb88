using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.Tables.Census;

namespace RotationMesh.IntegrationTests.Policies;

public sealed class RowLevelSecurityTests
{
    [Test]
    public async Task A_role_that_sees_a_part_is_refused_before_anything_is_written()
    {
        await using var fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry() with
            {
                RowLevelSecurity = null,
            }
        );

        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("row-level security shows this role only a part of the rows")
                .And.Message.Contains("BYPASSRLS")
        );
        Assert.That(
            await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version <> 1"),
            Is.Zero
        );
        Assert.That(await fixture.Owner.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NULL"));
    }

    [Test]
    public async Task All_tenants_that_a_foreign_key_leads_to_are_rotated_and_rows_without_tenant()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());

        var report = await fixture.Subject.RotateAsync(batchSize: 8);

        AssertComplete(report);
        await fixture.Owner.AssertRotatedAsync();
    }

    [Test]
    public async Task All_tenants_that_the_map_s_query_lists_are_rotated()
    {
        await using var fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry("SELECT id FROM tenants"),
            foreignKey: false
        );

        var report = await fixture.Subject.RotateAsync();

        AssertComplete(report);
        await fixture.Owner.AssertRotatedAsync();
    }

    [Test]
    public async Task What_an_external_row_of_any_tenant_holds_all_the_same_is_found()
    {
        await using var fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry() with
            {
                External = "title = 'in the bucket'",
            }
        );
        await fixture.Owner.ExecuteAsync(
            "UPDATE notes SET title = 'in the bucket', version = 2 WHERE id IN (SELECT min(id) FROM notes GROUP BY tenant)"
        );

        var report = await fixture.Subject.VerifyAsync();

        Assert.That(
            report.Tables.Single().Failed,
            Is.EqualTo(await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2"))
                .And.GreaterThan(1)
        );
    }

    [Test]
    public async Task Without_a_list_of_tenants_the_map_is_asked_for_one()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry(), foreignKey: false);

        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("hides which tenants there are")
        );
    }

    [Test]
    public async Task Chosen_tenants_need_no_list_and_nobody_else_is_touched()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry(), foreignKey: false);

        var report = await fixture.Subject.RotateAsync(tenants: ["tenant-1", "company_hq"]);

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 25)));
        Assert.That(
            await fixture.Owner.QueryAsync<string>(
                "SELECT DISTINCT coalesce(tenant, 'none') FROM notes WHERE version = 2 ORDER BY 1"
            ),
            Is.EqualTo(new[] { "none", "tenant-1" })
        );
    }

    [Test]
    public async Task Census_and_verification_agree_with_the_owner_s()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await fixture.Owner.ExecuteAsync("UPDATE notes SET body = '(bad)' WHERE id IN ('n00007', 'h2')");
        await fixture.Subject.RotateAsync();

        Assert.That(await CountAsync(fixture.Subject), Is.EqualTo(await CountAsync(fixture.Owner)));
        Assert.That(
            await CountByTenantAsync(fixture.Subject),
            Is.EqualTo(await CountByTenantAsync(fixture.Owner))
        );
        var seen = await fixture.Subject.VerifyAsync();
        var all = await fixture.Owner.VerifyAsync();
        Assert.That(seen.Tables, Is.EqualTo(all.Tables));
        Assert.That(
            seen.Failures.Select(failure => failure.Key.Single().Value).Order(),
            Is.EqualTo(new[] { "h2", "n00007" })
        );
    }

    [Test]
    public async Task Rows_without_tenant_that_the_map_has_no_tenant_for_are_not_passed_over()
    {
        await using var fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry() with
            {
                TenantWhenNull = null,
            }
        );

        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("tenantWhenNull")
        );
    }

    [Test]
    public async Task A_policy_that_forbids_the_update_of_one_row_fails_that_row()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await fixture.Owner.ExecuteAsync(
            "CREATE POLICY sealed ON notes AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (id <> 'n00007')"
        );

        var report = await fixture.Subject.RotateAsync();

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((64, 1)));
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo("n00007"));
    }

    private static void AssertComplete(RotationReport report) =>
        Assert.That(
            (report.State, report.Tables[0].Rotated, report.Verified),
            Is.EqualTo(("Completed", 65, 65))
        );

    private static async Task<IReadOnlyList<VersionCount>> CountAsync(Fixture fixture) =>
        await new TableCensus(fixture.Databases).CountAsync(
            (await fixture.TargetsAsync()).Single(),
            null,
            CancellationToken.None
        );

    private static async Task<IReadOnlyList<TenantCount>> CountByTenantAsync(Fixture fixture)
    {
        var census = new TableCensus(fixture.Databases);
        var counts = new List<TenantCount>();
        var target = (await fixture.TargetsAsync()).Single();
        await foreach (var count in census.CountByTenantAsync(target, null, CancellationToken.None))
            counts.Add(count);
        return [.. counts.OrderBy(count => count.Tenant).ThenBy(count => count.Version)];
    }
}
