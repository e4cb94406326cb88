using RotationMesh.Tables.Policies;

namespace RotationMesh.UnitTests.Databases;

/// <summary>
/// What a policy's condition says, as the server prints it: one that says that the tenant equals the map's setting hides nothing
/// of a tenant; of any other it is said what it goes by.
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
    [TestCase($"(tenant = ANY ((string_to_array({Now}, ','::text))::uuid[]))")]
    [TestCase($"(({Now} = ''::text) OR (length({Now}) = 0) OR ((tenant)::text = {Now}))")]
    [TestCase($"((CASE WHEN (title = 'x'::text) THEN true ELSE false END) OR (tenant = {Now}))")]
    [TestCase(
        $"((tenant IS NOT NULL) AND ({Now} IS NOT NULL) AND ((tenant = {Now}) OR (title = 'x'::text)))"
    )]
    [TestCase($"((tenant)::text = (({Now})::character varying(36))::text)")]
    [TestCase(
        "(tenant OPERATOR(pg_catalog.=) pg_catalog.current_setting('app.tenant'::pg_catalog.text, true))",
        TestName = "What_is_the_server_s_own_is_written_out_where_a_schema_shadows_it"
    )]
    public void A_condition_that_the_tenant_is_the_one_that_is_set_hides_nothing(string shows) =>
        Assert.That(Why(new() { Shows = shows, TenantTypes = ["character varying(36)"] }), Is.Null);

    [TestCase("(current_setting('app.role'::text, true) = 'all'::text)", "setting app.role")]
    [TestCase($"((tenant = {Now}) AND (current_setting('app.all'::text) = 'on'::text))", "setting app.all")]
    [TestCase("(tenant = current_setting(('app.'::text || 'tenant'::text)))", "whose name is computed")]
    [TestCase($"((tenant = {Now}) AND (SESSION_USER = 'ann'::name))", "SESSION_USER")]
    [TestCase($"((tenant = {Now}) AND visible(notes.*))", "the whole row")]
    [TestCase($"((tenant = {Now}) AND (EXISTS ( SELECT 1\n   FROM grants)))", "other rows")]
    [TestCase("(tenant = 'acme'::text)", "does not go by the map's setting")]
    [TestCase("(tenant IS NOT NULL)", "does not go by the map's setting")]
    [TestCase("false", "does not go by the map's setting")]
    public void Anything_else_is_named(string shows, string why) =>
        Assert.That(Why(new() { Shows = shows }), Does.Contain(why));

    [TestCase($"(COALESCE({Now}, ''::text) = ''::text)")]
    [TestCase($"({Now} IS NULL)")]
    [TestCase($"(upper(tenant) = {Now})")]
    [TestCase($"(tenant = lower({Now}))")]
    [TestCase($"(tenant <> {Now})")]
    [TestCase($"(tenant OPERATOR(traps.=) {Now})")]
    [TestCase($"(NOT (tenant = {Now}))")]
    [TestCase($"((tenant = {Now}) IS NOT TRUE)")]
    [TestCase($"(tenant IS DISTINCT FROM {Now})")]
    [TestCase($"(tenant = NULLIF({Now}, 'acme'::text))")]
    [TestCase($"(tenant = COALESCE('acme'::text, {Now}))")]
    [TestCase($"(tenant = ('x'::text || {Now}))")]
    [TestCase($"(tenant = (({Now})::integer)::text)")]
    [TestCase($"(tenant = ({Now})::character varying(4))")]
    [TestCase($"(tenant = ({Now})::name)")]
    [TestCase($"(((tenant)::integer)::text = {Now})")]
    [TestCase($"(tenant = ANY (string_to_array({Now}, ','::text)))")]
    [TestCase($"(tenant = ANY (ARRAY['acme'::text, {Now}]))")]
    [TestCase($"(tenant <> ALL (ARRAY[{Now}]))")]
    [TestCase($"(tenant = ( SELECT {Now} AS x WHERE ('x'::text = {Now})))")]
    [TestCase($"(tenant = ( SELECT {Now} AS x\n LIMIT 0))")]
    [TestCase($"((tenant = {Now}) AND (tenant <> 'acme'::text))")]
    [TestCase($"((tenant = {Now}) AND ((tenant <> 'acme'::text) OR ({Now} IS NULL)))")]
    [TestCase($"CASE WHEN ((tenant = 'a'::text) OR (tenant = {Now})) THEN false ELSE ({Now} = ''::text) END")]
    [TestCase($"(other.current_setting('app.tenant'::text) = tenant) AND (NOT ({Now} = tenant))")]
    [TestCase($"(\"TENANT\" = {Now})")]
    public void What_goes_by_the_setting_without_being_equal_to_it_is_named(string shows) =>
        Assert.That(
            Why(new() { Shows = shows }),
            Is.EqualTo("it does not say that tenant equals the map's setting")
        );

    [TestCase("citext")]
    [TestCase("extensions.citext")]
    [TestCase("numeric")]
    [TestCase("numeric(20,4)")]
    [TestCase("double precision")]
    public void Equal_tenants_that_may_be_other_texts_are_not_compared_as_texts(string type)
    {
        TablePolicy policy = new() { TenantTypes = [type] };

        Assert.That(Why(policy with { Shows = $"(tenant = ({Now})::{type})" }), Is.Null);
        Assert.That(Why(policy with { Shows = $"(tenant = (({Now})::text)::{type})" }), Is.Null);
        Assert.That(Why(policy with { Shows = $"(tenant = ({Now})::{type.Split('(')[0]})" }), Is.Null);
        Assert.That(
            Why(policy with { Shows = $"((tenant)::text = {Now})" }),
            Is.EqualTo("it does not say that tenant equals the map's setting")
        );
    }

    [Test]
    public void An_operator_or_a_function_that_only_looks_like_the_server_s_is_named()
    {
        TablePolicy policy = new() { Shows = $"(tenant = {Now})" };

        Assert.That(Why(policy with { Operators = ["="] }), Does.Contain("operator ="));
        Assert.That(
            Why(policy with { FunctionTexts = ["current_setting", "current_setting", "c", "text", "", "x"] }),
            Does.Contain("function current_setting")
        );
    }

    [Test]
    public void A_column_that_is_used_for_new_rows_alone_hides_nothing()
    {
        TablePolicy policy = new() { Shows = $"(tenant = {Now})", Columns = ["id", "\"Id\""] };

        Assert.That(Why(policy), Is.Null);
        Assert.That(
            Why(policy with { Shows = $"((tenant = {Now}) AND (\"Id\" > 3))" }),
            Does.EndWith("column \"Id\"")
        );
    }

    [TestCase("sql", "SELECT current_setting('app.tenant')")]
    [TestCase(
        "sql",
        "SELECT nullif(pg_catalog.current_setting ( 'app.tenant' , true ), '') -- FROM the pool"
    )]
    [TestCase("sql", "SELECT coalesce(current_setting('app.tenant'), current_setting('app.role'))")]
    [TestCase(
        "sql",
        "/* of the request */ select cast(current_setting('app.tenant', true) as text) as tenant;"
    )]
    [TestCase("sql", "RETURN NULLIF(current_setting('app.tenant'::text, true), ''::text)")]
    [TestCase("sql", "BEGIN ATOMIC\n SELECT current_setting('app.tenant'::text) AS current_setting;\nEND")]
    [TestCase("plpgsql", "BEGIN RETURN coalesce(current_setting('app.tenant', true), ''); END")]
    public void A_function_that_answers_with_the_setting_hides_nothing(string language, string source) =>
        Assert.That(Why(Calling(language, source)), Is.Null);

    [TestCase("sql", "SELECT id FROM tenants WHERE name = current_setting('app.tenant')")]
    [TestCase("sql", "SELECT current_setting('app.tenant') WHERE current_user = 'ann'")]
    [TestCase("sql", "SELECT coalesce(current_setting('app.role'), current_setting('app.tenant'))")]
    [TestCase("sql", "SELECT current_setting('app.' || $1)")]
    [TestCase("sql", "SELECT look_up(current_setting('app.tenant'))")]
    [TestCase("sql", "SELECT lower(current_setting('app.tenant'))")]
    [TestCase("sql", "SELECT current_setting('app.tenant')::varchar(8)")]
    [TestCase("sql", "SELECT current_setting('app.tenant')::uuid")]
    [TestCase("sql", "SELECT current_setting(E'app.tenant')")]
    [TestCase("sql", "SELECT app.\"current_setting\"('app.tenant')")]
    [TestCase("sql", "SELECT \"current_setting\"('other')")]
    [TestCase("sql", "SELECT tenant_now()")]
    [TestCase("plpgsql", "BEGIN EXECUTE current_setting('app.tenant'); END")]
    [TestCase("plpgsql", "BEGIN RETURN 'acme'; END")]
    [TestCase(
        "plpgsql",
        "BEGIN IF app.\"isSuspended\"() THEN RETURN ''; END IF; RETURN current_setting('app.tenant'); END"
    )]
    [TestCase(
        "plpgsql",
        "BEGIN RETURN current_setting('app.tenant'); EXCEPTION WHEN OTHERS THEN RETURN ''; END"
    )]
    [TestCase("sql", "")]
    [TestCase("c", "tenant_now")]
    public void Any_other_function_is_named(string language, string source) =>
        Assert.That(Why(Calling(language, source)), Does.Contain("function tenant_now"));

    [Test]
    public void A_function_that_sets_the_setting_itself_is_named()
    {
        string[] texts = ["tenant_now", "tenant_now", "sql", "text", "search_path=x App.Tenant=acme"];

        Assert.That(
            Why(
                new()
                {
                    Shows = "(tenant = tenant_now())",
                    FunctionTexts = [.. texts, "SELECT current_setting('app.tenant')"],
                }
            ),
            Does.Contain("function tenant_now")
        );
    }

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
            FunctionTexts = ["tenant_now", "tenant_now", language, "text", "", source],
        };

    private static string? Why(TablePolicy policy) =>
        PolicyReading.WhyHides(
            policy with
            {
                Tenant = "tenant",
                TenantTypes = policy.TenantTypes.Length > 0 ? policy.TenantTypes : ["text"],
            },
            "app.tenant"
        );
}
