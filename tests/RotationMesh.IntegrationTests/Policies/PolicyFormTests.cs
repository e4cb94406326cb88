using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>
/// Conditions as applications write them, over a tenant column of the type uuid: those that show all rows of a tenant are
/// rotated, and those that only look like it are refused.
/// </summary>
public sealed class PolicyFormTests
{
    private const string Setting = "app.current_tenant_id";
    private const string Now = $"current_setting('{Setting}', true)";
    private const string Function = "CREATE FUNCTION tenant_now() RETURNS";

    private static readonly string[] Tenants =
    [
        "8a1f0c52-7c35-4f0e-9d0a-0a4f3b1c2d3e",
        "b2f6f1de-90ab-4c5d-8e7f-112233445566",
    ];

    private static IEnumerable<TestCaseData> Whole()
    {
        yield return Using($"tenant = current_setting('{Setting}')::uuid");
        yield return Using($"tenant::text = {Now}");
        yield return Using($"{Now} = tenant::text");
        yield return Using($"NULLIF({Now}, '')::uuid = tenant");
        yield return Using($"tenant = CAST(nullif({Now}, '') AS uuid)");
        yield return Using($"tenant = (SELECT current_setting('{Setting}')::uuid)");
        yield return Using($"tenant IN (SELECT current_setting('{Setting}')::uuid)");
        yield return Using($"tenant IS NOT DISTINCT FROM {Now}::uuid");
        yield return Using($"tenant = ANY (ARRAY[{Now}::uuid])");
        yield return Using($"tenant = ANY (string_to_array({Now}, ',')::uuid[])");
        yield return Using($"{Now} = '' OR tenant = NULLIF({Now}, '')::uuid");
        yield return Using($"length({Now}) = 0 OR tenant = {Now}::uuid");
        yield return Using($"tenant = {Now}::uuid OR current_setting('app.bypass_rls', true) = 'on'");
        yield return Using($"tenant = {Now}::uuid OR current_user = 'admin'");
        yield return Using($"title = 'public' OR tenant = {Now}::uuid");
        yield return Using($"tenant IS NOT NULL AND {Now} <> '' AND tenant = {Now}::uuid");
        yield return Using($"(tenant = {Now}::uuid OR title = 'public') AND {Now} IS NOT NULL");
        yield return Using($"tenant = coalesce({Now}, current_setting('app.other', true))::uuid");
        yield return Using(
            $"tenant = {Now}::uuid OR is_superadmin()",
            "CREATE FUNCTION is_superadmin() RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT false $$"
        );
        yield return Using(
            "tenant = tenant_now()",
            $"{Function} uuid STABLE LANGUAGE sql AS $$ SELECT NULLIF({Now}, '')::uuid $$"
        );
        yield return Using(
            "tenant = (SELECT tenant_now())",
            $"{Function} uuid STABLE LANGUAGE sql AS $$ select cast({Now} as uuid) as tenant; -- of the request $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} text STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN {Now}; END; $$"
        );
        yield return Using("tenant = tenant_now()", $"{Function} uuid STABLE RETURN nullif({Now}, '')::uuid");
        yield return Using(
            "tenant = tenant_now()",
            Block($"{Function} uuid STABLE SET search_path TO 'x' BEGIN ATOMIC SELECT {Now}::uuid; END")
        );
    }

    private static IEnumerable<TestCaseData> Hiding()
    {
        yield return Using($"coalesce({Now}, '') = ''");
        yield return Using($"tenant::text = upper({Now})");
        yield return Using($"upper(tenant::text) = {Now}");
        yield return Using($"tenant::text <> {Now}");
        yield return Using($"NOT (tenant::text = {Now})");
        yield return Using($"tenant IS DISTINCT FROM {Now}::uuid");
        yield return Using($"(tenant::text = {Now}) IS NOT TRUE");
        yield return Using($"tenant::varchar(8) = {Now}");
        yield return Using($"tenant::text = {Now}::varchar(8)");
        yield return Using($"tenant::text = {Now} || 'x'");
        yield return Using($"tenant::text = NULLIF({Now}, '{Tenants[0]}')");
        yield return Using($"CASE WHEN title = 'x' OR tenant = {Now}::uuid THEN false ELSE title = 'x' END");
        yield return Using($"tenant = {Now}::uuid AND (title = 'x' OR current_user = 'admin')");
        yield return Using($"NOT (title <> 'x' OR tenant = {Now}::uuid)");
        yield return Using($"tenant IN (SELECT {Now}::uuid WHERE {Now} = 'x')");
        yield return Using($"tenant = {Now}::uuid AND tenant <> '{Tenants[0]}'");
        yield return Using(
            "nobody()",
            $"CREATE FUNCTION nobody() RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT {Now} IS NULL $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} text STABLE LANGUAGE sql AS $$ SELECT upper({Now}) $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} name STABLE LANGUAGE sql AS $$ SELECT {Now} || 'x' $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} text STABLE LANGUAGE plpgsql SET {Setting} = 'x' AS $$ BEGIN RETURN {Now}; END $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} text STABLE LANGUAGE plpgsql AS $$ BEGIN IF {Now} = '{Tenants[0]}' THEN RETURN ''; END IF; RETURN {Now}; END $$"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            $"{Function} text STABLE RETURN \"current_setting\"('app.other', true)"
        );
        yield return Using(
            "tenant::text = tenant_now()",
            Block($"{Function} text STABLE BEGIN ATOMIC SELECT {Now} WHERE {Now} = 'x'; END")
        );
        yield return Using(
            $"tenant OPERATOR(app.=) {Now}",
            "CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO PUBLIC;"
                + "CREATE FUNCTION app.same(uuid, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT false';"
                + "CREATE OPERATOR app.= (FUNCTION = app.same, LEFTARG = uuid, RIGHTARG = text)"
        );
    }

    [TestCaseSource(nameof(Whole))]
    public async Task That_show_every_row_of_a_tenant_are_rotated(string condition, string before)
    {
        await using var fixture = await FormFixture.CreateAsync(condition, before);

        Assert.That(await fixture.HiddenAsync(), Is.Zero);
        var report = await fixture.Subject.RotateAsync();

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 6L)));
        await fixture.Owner.AssertRotatedAsync();
    }

    [TestCaseSource(nameof(Hiding))]
    public async Task That_hide_a_row_are_refused(string condition, string before)
    {
        await using var fixture = await FormFixture.CreateAsync(condition, before);

        Assert.That(await fixture.HiddenAsync(), Is.Positive);
        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("policy form on")
        );
    }

    [TestCase($"coalesce({Now}, '') = ''")]
    [TestCase($"{Now} = ''")]
    public async Task A_restrictive_one_for_whoever_sets_no_tenant_is_refused(string condition)
    {
        await using var fixture = await FormFixture.CreateAsync("true", "");
        await fixture.Owner.ExecuteAsync($"CREATE POLICY jobs ON notes AS RESTRICTIVE USING ({condition})");

        Assert.That(await fixture.HiddenAsync(), Is.Positive);
        Assert.That(
            async () => await fixture.Subject.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("restrictive policy jobs")
        );
    }

    // The driver would cut it at the semicolon within.
    private static string Block(string statement) =>
        $"DO $do$ BEGIN EXECUTE $statement${statement}$statement$; END $do$";

    private static TestCaseData Using(string condition, string before = "") =>
        new TestCaseData(condition, before).SetArgDisplayNames($"{condition} {before}".TrimEnd());

    /// <summary>Six notes of two tenants, a role, and one policy.</summary>
    private sealed class FormFixture(Fixture owner, TestRole role, Fixture subject) : IAsyncDisposable
    {
        public Fixture Owner => owner;

        public Fixture Subject => subject;

        public static async Task<FormFixture> CreateAsync(string condition, string before)
        {
            var owner = await Fixture.CreateAsync(Entries.Notes);
            var role = await TestRole.CreateAsync(owner);
            await owner.CreateNotesAsync();
            await owner.InsertAsync(Enumerable.Range(1, 6).Select(i => Note.Of($"n{i}", Tenants[i % 2])));
            await owner.ExecuteAsync(
                $"""
                ALTER TABLE notes ALTER tenant TYPE uuid USING tenant::uuid;
                CREATE TABLE tenants AS SELECT DISTINCT tenant::text AS id FROM notes;
                {before};
                ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
                CREATE POLICY form ON notes USING ({condition});
                """
            );
            await role.GrantAsync("SELECT, UPDATE", "notes");
            await role.GrantAsync("SELECT", "tenants");
            var entry = PolicyFixture.Entry("SELECT id FROM tenants") with { TenantWhenNull = null };
            return new FormFixture(owner, role, owner.Variant([entry], user: role.Name));
        }

        /// <summary>The rows that the server hides from the role, tenant by tenant.</summary>
        public async Task<long> HiddenAsync()
        {
            var seen = 0L;
            await using var connection = new NpgsqlConnection(role.ConnectionString);
            await connection.OpenAsync();
            foreach (var tenant in Tenants)
            {
                await connection.ExecuteAsync($"SELECT set_config('{Setting}', '{tenant}', false)");
                seen += await connection.ExecuteScalarAsync<long>(
                    $"SELECT count(*) FROM notes WHERE tenant = '{tenant}'"
                );
            }

            return 6 - seen;
        }

        public async ValueTask DisposeAsync()
        {
            await subject.DisposeAsync();
            await role.DisposeAsync();
            await owner.DisposeAsync();
        }
    }
}
