using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>What the scan does not look at may hold anything, so it keeps every version in service until somebody answers for it.</summary>
public sealed class WhenPlacesAreNotLookedAt
{
    private const string Foreign = """
        CREATE EXTENSION postgres_fdw;
        CREATE SERVER nowhere FOREIGN DATA WRAPPER postgres_fdw;
        CREATE FOREIGN TABLE public.far (held text) SERVER nowhere
        """;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_table_that_the_role_may_not_read_bars_it_and_so_does_what_is_found_there_once_it_may()
    {
        await KeepAsync("public.audit_log");
        await using var role = await RoleAsync();
        await using var limited = fixture.Variant(user: role.Name);

        var refused = await limited.ScanAndRetireAsync();
        await role.GrantAsync("SELECT", "public.audit_log");
        var found = await limited.ScanAndRetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith(
                    "not looked at in database app, the role has no right to SELECT: public.audit_log. Nobody knows what is there: "
                )
                .And.Contain("GRANT SELECT ON \"public\".\"audit_log\" TO the role")
                .And.EndWith("--skip-scan-of app.public.audit_log --reason TEXT")
        );
        Assert.That(refused.Scans.Single().NotLookedAt.Single().Place, Is.EqualTo("app.public.audit_log"));
        Assert.That(
            found.InTheWay.Single(),
            Does.StartWith("public.audit_log.line (database app)").And.Contain("with key version 1")
        );
    }

    [Test]
    public async Task A_column_that_the_role_may_not_read_bars_it_until_it_is_left_out()
    {
        await fixture.ExecuteAsync("CREATE TABLE public.partly (seen text, hidden text, kept text)");
        await using var role = await RoleAsync();
        await role.GrantAsync("SELECT (seen)", "public.partly");
        await using var limited = fixture.Variant(user: role.Name);

        var refused = await limited.ScanAndRetireAsync();
        var retired = await limited.ScanAndRetireAsync(
            ScanDepth.Retirement,
            "app.public.partly.hidden",
            "app.public.partly.kept"
        );

        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("GRANT SELECT (\"hidden\", \"kept\") ON \"public\".\"partly\" TO the role")
                .And.EndWith(
                    "--skip-scan-of app.public.partly.hidden --skip-scan-of app.public.partly.kept --reason TEXT"
                )
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task A_schema_that_the_role_may_not_use_bars_it_until_it_is_left_out_as_a_whole()
    {
        await fixture.ExecuteAsync("CREATE SCHEMA shut; CREATE SCHEMA ajar");
        foreach (var number in Enumerable.Range(1, 7))
            await fixture.ExecuteAsync(
                $"CREATE TABLE shut.t{number} (line text); CREATE TABLE ajar.t{number} (line text)"
            );
        await using var role = await RoleAsync();
        await fixture.ExecuteAsync($"GRANT USAGE ON SCHEMA ajar TO {role.Name}");
        await using var limited = fixture.Variant(user: role.Name);

        var refused = await limited.ScanAndRetireAsync();
        var half = await limited.ScanAndRetireAsync(ScanDepth.Retirement, "app.shut");
        var retired = await limited.ScanAndRetireAsync(
            ScanDepth.Retirement,
            "app.shut",
            "app.ajar",
            "app.ajar.t1"
        );

        Assert.That(
            refused.InTheWay,
            Has.One.Contains("shut.t5 and 2 more")
                .And.Contains("GRANT USAGE ON SCHEMA \"shut\" TO the role")
                .And.Contains("--skip-scan-of app.shut --reason TEXT")
        );
        Assert.That(
            half.InTheWay.Single(),
            Does.Contain("GRANT SELECT ON ALL TABLES IN SCHEMA \"ajar\" TO the role")
        );
        AssertRetired(retired);
        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT details->'scanSkippedOf'->0->>'place' FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo("app.shut")
        );
    }

    [TestCase("CREATE TABLE public.flags (held bit varying)", "app.public.flags.held")]
    [TestCase(Foreign, "app.public.far")]
    [TestCase("SELECT lo_create(0)", "app.pg_catalog.pg_largeobject")]
    public async Task What_the_scan_does_not_read_bars_it_until_it_is_left_out(string made, string place)
    {
        await fixture.ExecuteAsync(made);

        var refused = await fixture.ScanAndRetireAsync();
        var retired = await fixture.ScanAndRetireAsync(ScanDepth.Retirement, place);

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("not looked at in database app, ")
                .And.EndWith($"--skip-scan-of {place} --reason TEXT")
        );
        AssertRetired(retired);
        Assert.That(retired.Scans.Single().Skipped, Is.EqualTo(new[] { place }));
    }

    [Test]
    public async Task A_view_that_holds_no_row_bars_nothing_and_is_recorded()
    {
        await KeepAsync("public.history");
        await fixture.ExecuteAsync(
            """
            CREATE MATERIALIZED VIEW public.vacant AS SELECT line FROM public.history;
            REFRESH MATERIALIZED VIEW public.vacant WITH NO DATA;
            TRUNCATE public.history
            """
        );

        var retired = await fixture.ScanAndRetireAsync();

        AssertRetired(retired);
        Assert.That(retired.Warnings, Has.One.Contains("without data has no rows: public.vacant"));
        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT details->>'notLookedAt' FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo("[\"app.public.vacant\"]")
        );
    }

    [Test]
    public async Task What_the_server_refuses_to_read_bars_it()
    {
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION public.refuse() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'not for you'; END $$;
            CREATE TABLE public.guarded (line text);
            INSERT INTO public.guarded VALUES ('plain words');
            ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
            CREATE POLICY refuse ON public.guarded USING (public.refuse())
            """
        );
        await using var role = await RoleAsync();
        await role.GrantAsync("SELECT", "public.guarded");
        await using var limited = fixture.Variant(user: role.Name);

        var refused = await limited.ScanAndRetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("not looked at in database app, the server refused")
                .And.Contain("--skip-scan-of app.public.guarded")
        );
        AssertRetired(await limited.ScanAndRetireAsync(ScanDepth.Retirement, "app.public.guarded"));
    }

    // With what counting the map's table needs.
    private async Task<TestRole> RoleAsync()
    {
        var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        return role;
    }

    private async Task KeepAsync(string table)
    {
        await fixture.ExecuteAsync($"CREATE TABLE {table} (line text)");
        await fixture.ExecuteAsync(
            $"INSERT INTO {table} VALUES (@token)",
            new { token = Value.Seal("an old token", "tenant-1") }
        );
    }

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
