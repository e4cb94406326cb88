using RotationMesh.Core;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>
/// A policy that asks for more than the tenant hides rows, and what is hidden would keep its old key. Row n00007 stands for
/// those: its title is another one.
/// </summary>
public sealed class HidingPolicyTests
{
    private const string OfTenant =
        "(tenant IS NULL OR tenant = current_setting('app.current_tenant_id', true))";

    private static IEnumerable<TestCaseData> Hiding()
    {
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND title <> 'deleted')",
            "policy of_tenant on \"public\".\"notes\" may hide rows from this role, as it depends on column title",
            "a soft delete"
        );
        yield return Case(
            "CREATE POLICY live ON notes AS RESTRICTIVE USING (title <> 'deleted')",
            "restrictive policy live on \"public\".\"notes\" may hide rows from this role, as it depends on column title",
            "a restrictive policy"
        );
        yield return Case(
            "CREATE POLICY live ON notes AS RESTRICTIVE USING (tenant IS NULL OR tenant < 'tenant-1')",
            "as it does not go by the map's setting",
            "a restrictive policy of some tenants"
        );
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND current_setting('app.role', true) = 'auditor')",
            "as it depends on setting app.role, which is not the map's",
            "a policy by another setting"
        );
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND CURRENT_USER = 'auditor')",
            "as it depends on CURRENT_USER",
            "a policy by the user"
        );
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND pg_has_role('pg_monitor', 'USAGE'))",
            "as it depends on function pg_has_role",
            "a policy by a role"
        );
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND EXISTS (SELECT FROM tenants WHERE id = 'nobody'))",
            "as it depends on rows of tenants",
            "a policy by another table"
        );
        yield return Case(
            "CREATE FUNCTION seen(text) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT $1 IN (SELECT id FROM public.tenants) $$;"
                + $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND seen(tenant))",
            "as it depends on function seen",
            "a policy by a function that reads a table"
        );
        yield return Case(
            "CREATE FUNCTION live(notes) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT $1.title <> 'deleted' $$;"
                + $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND live(notes))",
            "as it depends on the whole row",
            "a policy by the row"
        );
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND title <> 'deleted');"
                + "CREATE POLICY jobs ON notes USING (coalesce(current_setting('app.current_tenant_id', true), '') = '')",
            "policy of_tenant on \"public\".\"notes\" may hide rows from this role, as it depends on column title",
            "a soft delete beside a policy for whoever sets no tenant"
        );
        yield return Case(
            "CREATE FUNCTION nobody() RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT current_setting('app.current_tenant_id', true) IS NULL $$;"
                + $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND title <> 'deleted');"
                + "CREATE POLICY jobs ON notes USING (nobody())",
            "policy jobs on \"public\".\"notes\" may hide rows from this role, as it depends on function nobody",
            "a soft delete beside a function that finds no tenant"
        );
        yield return Case(
            "CREATE SCHEMA app; CREATE FUNCTION app.\"isSuspended\"() RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT true $$;"
                + "CREATE FUNCTION tenant_now() RETURNS text STABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN IF app.\"isSuspended\"() THEN RETURN NULL; END IF; RETURN current_setting('app.current_tenant_id', true); END $$;"
                + $"GRANT USAGE ON SCHEMA app TO PUBLIC; ALTER POLICY of_tenant ON notes USING (tenant = tenant_now())",
            "as it depends on function tenant_now",
            "a function that asks another with a quoted name"
        );
        yield return Case(
            "DROP POLICY of_tenant ON notes",
            "no policy on \"public\".\"notes\" shows this role a row",
            "no policy"
        );
        yield return Case(
            "ALTER POLICY of_tenant ON notes TO pg_monitor",
            "no policy on \"public\".\"notes\" shows this role a row",
            "a policy for others alone"
        );
    }

    private static IEnumerable<TestCaseData> Whole()
    {
        yield return Case(
            $"ALTER POLICY of_tenant ON notes USING ({OfTenant} AND title <> 'deleted');"
                + $"CREATE POLICY rotation ON notes TO ROLE USING ({OfTenant})",
            "",
            "a permissive policy beside it shows the others"
        );
        yield return Case(
            "ALTER POLICY of_tenant ON notes USING (title <> 'deleted'); CREATE POLICY rotation ON notes TO ROLE USING (true)",
            "",
            "a permissive policy shows everything"
        );
        yield return Case(
            "ALTER ROLE ROLE BYPASSRLS; CREATE POLICY live ON notes AS RESTRICTIVE USING (title <> 'deleted')",
            "",
            "the role bypasses policies"
        );
        yield return Case(
            "CREATE POLICY live ON notes AS RESTRICTIVE TO pg_monitor USING (title <> 'deleted')",
            "",
            "a policy applies to another role"
        );
        yield return Case(
            "CREATE POLICY live ON notes AS RESTRICTIVE FOR DELETE USING (title <> 'deleted')",
            "",
            "a policy applies to deletes"
        );
        yield return Case(
            "CREATE POLICY live ON notes AS RESTRICTIVE USING (true) WITH CHECK (title <> '')",
            "",
            "a policy asks for more of new rows alone"
        );
        yield return Case(
            "ALTER POLICY of_tenant ON notes USING (tenant IS NULL OR tenant = (SELECT nullif(current_setting('APP.Current_Tenant_ID', true), '')))",
            "",
            "the setting is asked for once"
        );
        yield return Case(
            "CREATE FUNCTION tenant_now() RETURNS text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN nullif(current_setting('app.current_tenant_id', true), ''); END $$;"
                + "ALTER POLICY of_tenant ON notes USING (tenant IS NULL OR tenant IS NOT DISTINCT FROM tenant_now())",
            "",
            "a function reads the setting"
        );
    }

    [TestCaseSource(nameof(Hiding))]
    public async Task Keeps_a_rotation_from_beginning(string statements, string why)
    {
        await using var fixture = await CreateAsync(statements);

        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains(why).And.Message.Contains("BYPASSRLS")
        );
        Assert.That(
            async () => await fixture.Subject.RotateAsync(dryRun: true),
            Throws.TypeOf<UsageException>().With.Message.Contains(why)
        );
        Assert.That(
            await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version <> 1"),
            Is.Zero
        );
    }

    [TestCaseSource(nameof(Hiding))]
    public async Task Is_told_beside_counts_and_keeps_the_key(string statements, string why)
    {
        await using var fixture = await CreateAsync(statements);

        var counted = await fixture
            .Subject.Inspections()
            .CountAsync(new RowSelection(), CancellationToken.None);
        var refused = await fixture.Subject.RetireAsync();
        var key = await fixture.Subject.KeyAsync();

        Assert.That(counted.Notes, Has.Some.Contains(why));
        Assert.That(refused.Retired, Is.False);
        Assert.That(refused.InTheWay, Has.Some.Contains(why));
        Assert.That(key.InTheWay, Has.Some.Contains(why));
    }

    [Test]
    public async Task Is_told_of_named_tenants_too()
    {
        await using var fixture = await CreateAsync(
            "CREATE POLICY live ON notes AS RESTRICTIVE USING (title <> 'deleted')"
        );

        var counted = await fixture
            .Subject.Inspections()
            .CountAsync(new RowSelection { Tenants = ["tenant-1"] }, CancellationToken.None);

        Assert.That(counted.Notes.Single(), Does.Contain("restrictive policy live").And.Contain("title"));
        Assert.That(
            async () => await fixture.Subject.RotateAsync(tenants: ["tenant-1"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("restrictive policy live")
        );
    }

    [TestCaseSource(nameof(Whole))]
    public async Task Where_every_row_of_a_tenant_is_seen_nothing_is_said(string statements, string _)
    {
        await using var fixture = await CreateAsync(statements);

        var report = await fixture.Subject.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 65L)));
        Assert.That(report.Notes, Has.None.Contains("policy"));
        await fixture.Owner.AssertRotatedAsync();
        Assert.That((await fixture.Subject.KeyAsync()).InTheWay, Has.None.Contains("policy"));
    }

    [Test]
    public async Task That_hides_them_from_updates_alone_leaves_failures()
    {
        await using var fixture = await CreateAsync(
            "CREATE POLICY live ON notes AS RESTRICTIVE FOR UPDATE USING (title <> 'deleted')"
        );

        var report = await fixture.Subject.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("CompletedWithFailures", 64L)));
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo("n00007"));
    }

    private static async Task<PolicyFixture> CreateAsync(string statements)
    {
        var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await fixture.Owner.ExecuteAsync("UPDATE notes SET title = 'deleted' WHERE id = 'n00007'");
        await fixture.Owner.ExecuteAsync(
            statements
                .Replace("TO ROLE", $"TO {fixture.Role}", StringComparison.Ordinal)
                .Replace("ALTER ROLE ROLE", $"ALTER ROLE {fixture.Role}", StringComparison.Ordinal)
        );
        return fixture;
    }

    private static TestCaseData Case(string statements, string why, string name) =>
        new TestCaseData(statements, why).SetArgDisplayNames(name);
}
