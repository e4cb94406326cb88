using RotationMesh.Postgres.Target.Policies;

namespace RotationMesh.UnitTests.Databases;

/// <summary>
/// What a policy's condition says, as the server prints it: one that goes by the tenant and the map's setting hides nothing of
/// a tenant; of any other it is said what it goes by.
/// </summary>
public sealed class PolicyReadingTests
{
    private const string Now = "current_setting('app.tenant'::text, true)";

    [TestCase("true")]
    [TestCase($"(tenant = {Now})")]
    [TestCase($"((tenant IS NULL) OR ((tenant)::text = {Now}))")]
    [TestCase("(tenant = (current_setting('APP.Tenant'::text))::uuid)")]
    [TestCase($"(tenant = ( SELECT NULLIF({Now}, ''::text) AS \"nullif\"))")]
    [TestCase($"(NOT (tenant IS DISTINCT FROM {Now}))")]
    [TestCase($"(tenant = ANY (string_to_array({Now}, ','::text)))")]
    [TestCase($"((tenant = {Now}) AND (tenant <> 'CURRENT_USER of title FROM x.*'::text))")]
    public void A_condition_of_the_tenant_alone_hides_nothing(string shows) =>
        Assert.That(Why(new() { Shows = shows }), Is.Null);

    [TestCase("(current_setting('app.role'::text, true) = 'all'::text)", "setting app.role")]
    [TestCase($"((tenant = {Now}) OR (current_setting('app.all'::text) = 'on'::text))", "setting app.all")]
    [TestCase("(tenant = current_setting(('app.'::text || 'tenant'::text)))", "whose name is computed")]
    [TestCase($"((tenant = {Now}) AND (SESSION_USER = 'ann'::name))", "SESSION_USER")]
    [TestCase($"((tenant = {Now}) AND visible(notes.*))", "the whole row")]
    [TestCase($"((tenant = {Now}) AND (EXISTS ( SELECT 1\n   FROM grants)))", "other rows")]
    [TestCase("(tenant = 'acme'::text)", "does not go by the map's setting")]
    [TestCase("(tenant IS NOT NULL)", "does not go by the map's setting")]
    [TestCase("false", "does not go by the map's setting")]
    public void Anything_else_is_named(string shows, string why) =>
        Assert.That(Why(new() { Shows = shows }), Does.Contain(why));

    [Test]
    public void A_column_that_is_used_for_new_rows_alone_hides_nothing()
    {
        TablePolicy policy = new() { Shows = $"(tenant_id = {Now})", Columns = ["id", "\"Id\""] };

        Assert.That(Why(policy), Is.Null);
        Assert.That(
            Why(policy with { Shows = $"((tenant_id = {Now}) AND (\"Id\" > 3))" }),
            Does.EndWith("column \"Id\"")
        );
    }

    [TestCase("sql", "SELECT current_setting('app.tenant')::uuid")]
    [TestCase(
        "sql",
        "SELECT nullif(pg_catalog.current_setting ( 'app.tenant' , true ), '') -- FROM the pool"
    )]
    [TestCase("plpgsql", "BEGIN RETURN coalesce(current_setting('app.tenant', true), ''); END")]
    public void A_function_that_answers_with_the_setting_hides_nothing(string language, string source) =>
        Assert.That(Why(Calling(language, source)), Is.Null);

    [TestCase("sql", "SELECT id FROM tenants WHERE name = current_setting('app.tenant')")]
    [TestCase("sql", "SELECT current_setting('app.tenant') WHERE current_user = 'ann'")]
    [TestCase("sql", "SELECT coalesce(current_setting('app.tenant'), current_setting('app.role'))")]
    [TestCase("sql", "SELECT current_setting('app.' || $1)")]
    [TestCase("sql", "SELECT look_up(current_setting('app.tenant'))")]
    [TestCase("plpgsql", "BEGIN EXECUTE current_setting('app.tenant'); END")]
    [TestCase("plpgsql", "BEGIN RETURN 'acme'; END")]
    [TestCase("sql", "")]
    [TestCase("c", "tenant_now")]
    public void Any_other_function_is_named(string language, string source) =>
        Assert.That(Why(Calling(language, source)), Does.Contain("function tenant_now"));

    [Test]
    public void A_function_of_the_server_that_goes_by_the_session_is_named() =>
        Assert.That(
            Why(
                new()
                {
                    Shows = $"((tenant = {Now}) AND pg_has_role('x'))",
                    SessionFunctions = ["pg_has_role"],
                }
            ),
            Does.Contain("function pg_has_role")
        );

    private static TablePolicy Calling(string language, string source) =>
        new()
        {
            Shows = "(tenant = tenant_now())",
            Functions = ["tenant_now"],
            Languages = [language],
            Sources = [source],
        };

    private static string? Why(TablePolicy policy) => PolicyReading.WhyHides(policy, "app.tenant");
}
