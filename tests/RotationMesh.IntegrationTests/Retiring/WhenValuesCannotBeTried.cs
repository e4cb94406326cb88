using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Scanning;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>What may be an envelope of a version, and could not be tried, keeps that version in service.</summary>
public sealed class WhenValuesCannotBeTried
{
    private static readonly ScanDepth NoTime = ScanDepth.Retirement with { SearchTime = TimeSpan.Zero };

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

    [TestCaseSource(typeof(Contexts), nameof(Contexts.All))]
    public async Task Without_the_key_of_the_version_an_envelope_anywhere_in_a_text_bars_it(string context)
    {
        await KeepAsync(context, "tenant text, ", "'acme', ");
        var keys = new Dictionary<int, string> { [2] = TestKeys.Two };
        await using var keyless = fixture.Variant(ring: new KeyRing(2, keys));

        var refused = await keyless.ScanAndRetireAsync();
        await fixture.ExecuteAsync("TRUNCATE public.history");
        var retired = await keyless.ScanAndRetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("public.history.line (1 value)")
                .And.Contain("the key ring lacks the key of version 1")
                .And.Contain("put it back")
        );
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [TestCaseSource(typeof(Contexts), nameof(Contexts.All))]
    public async Task Once_the_time_to_search_is_used_up_so_does_one_in_a_row_that_names_no_tenant(
        string context
    )
    {
        await KeepAsync(context);

        var refused = await fixture.ScanAndRetireAsync(NoTime);

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("public.history.line (1 value)")
                .And.Contain("the time to search for it was used up")
                .And.Contain("--skip-scan-of app.public.history.line --reason TEXT")
        );
    }

    [TestCaseSource(typeof(Contexts), nameof(Contexts.All))]
    public async Task Where_not_every_tenant_is_known_so_does_one_in_a_row_that_names_none(string context)
    {
        await KeepAsync(context, tenant: "a tenant of no other row");

        var refused = await fixture.ScanAndRetireAsync(ScanDepth.Retirement with { Tenants = 1 });

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("public.history.line (1 value)")
                .And.Contain("table notes has more than the 1 that are listed")
                .And.Contain("--skip-scan-of app.public.history.line")
        );
    }

    [Test]
    public async Task Beside_the_name_of_another_tenant_it_is_told_with_its_place_and_bars_nothing()
    {
        await KeepAsync("'Bearer ' || body", "tenant text, ", "'tenant-2', ");

        var retired = await fixture.ScanAndRetireAsync(NoTime);

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(
            retired.Warnings,
            Has.One.StartsWith("public.history.line (1 value) (database app)")
                .And.Contains(
                    "the tenant that their rows name was tried, and the time to try the others was used up"
                )
        );
        var history = retired.Scans.Single().Tables.Single(table => table.Table == "public.history");
        Assert.That(
            history.Untried.Single(),
            Is.EqualTo(new UntriedDocument("line", null, 1, nameof(UntriedCause.OtherTenants)))
        );
        Assert.That(
            await fixture.ScalarAsync<bool>(
                """
                SELECT (details->>'scannedTables')::int = (details->>'scannedWholly')::int + 1
                FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'
                """
            )
        );
    }

    [TestCase("app.public.history.line")]
    [TestCase("app.public.history")]
    public async Task Who_leaves_a_place_out_retires_the_version_and_others_are_looked_at(string place)
    {
        await KeepAsync("'Bearer ' || body");
        await fixture.ExecuteAsync("CREATE TABLE public.other AS SELECT line FROM public.history");

        var refused = await fixture.ScanAndRetireAsync(NoTime, place);
        await fixture.ExecuteAsync("TRUNCATE public.other");
        var retired = await fixture.ScanAndRetireAsync(NoTime, place);

        Assert.That(refused.InTheWay.Single(), Does.Contain("public.other.line"));
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(retired.ScanSkippedOf.Single().Place, Is.EqualTo(place));
        Assert.That(retired.Scans.Single().Skipped, Is.EqualTo(new[] { place }));
        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT details->'scanSkippedOf'->0->>'place' FROM rotationmesh.audit_events WHERE kind = 'KeyRetired'"
            ),
            Is.EqualTo(place)
        );
    }

    [TestCase("public.history.line")]
    [TestCase("app.public.history.lines")]
    [TestCase("app.public.notes.body")]
    [TestCase("app.nowhere")]
    public async Task A_place_that_the_scan_does_not_look_at_is_a_mistake_to_leave_out(string place)
    {
        await KeepAsync("body");

        Assert.That(
            () => fixture.ScanAndRetireAsync(NoTime, place),
            Throws.TypeOf<UsageException>().With.Message.Contains($"--skip-scan-of {place}")
        );
    }

    [Test]
    public async Task A_table_for_which_the_time_was_too_short_bars_it_as_well()
    {
        var hurried = ScanDepth.Retirement with { TableTime = TimeSpan.FromTicks(1) };
        await fixture.ExecuteAsync(
            "CREATE TABLE public.slow AS SELECT n, 'plain words' AS held FROM generate_series(1, 20000) n"
        );

        var refused = await fixture.ScanAndRetireAsync(hurried);
        var retired = await fixture.ScanAndRetireAsync(hurried, "app.public.slow", "app.public.notes");

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay,
            Has.One.StartsWith("table public.slow (database app): looked at ")
                .And.Contains("until its time was used up")
                .And.EndsWith("--skip-scan-of app.public.slow --reason TEXT")
        );
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [Test]
    public async Task So_does_one_of_which_policies_may_hide_rows()
    {
        await fixture.ExecuteAsync(
            "CREATE TABLE public.hidden (line text); ALTER TABLE public.hidden ENABLE ROW LEVEL SECURITY"
        );
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT, UPDATE", "notes, public.hidden");
        await using var subject = fixture.Variant(user: role.Name);

        var refused = await subject.ScanAndRetireAsync();
        var retired = await subject.ScanAndRetireAsync(ScanDepth.Retirement, "app.public.hidden");

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("table public.hidden (database app): ")
                .And.Contain("row-level security may hide others")
                .And.Contain("use a role that sees every row")
        );
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [Test]
    public async Task Random_tokens_that_were_tried_with_every_tenant_bar_nothing()
    {
        await fixture.ExecuteAsync(Contexts.Tokens);

        var retired = await fixture.ScanAndRetireAsync();

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [Test]
    public async Task Nor_do_they_where_the_map_names_policies_that_do_not_apply_to_this_role()
    {
        await fixture.ExecuteAsync(Contexts.Tokens);
        await using var secured = fixture.Variant([
            Entries.Notes with
            {
                RowLevelSecurity = new("app.tenant", null),
            },
        ]);

        var retired = await secured.ScanAndRetireAsync();
        await KeepAsync("'Bearer ' || body");
        var again = await secured.ScanAndRetireAsync();

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(
            again.InTheWay,
            Has.One.Contains("public.history.line").And.Contains("with key version 1")
        );
    }

    private async Task KeepAsync(
        string context,
        string columns = "",
        string values = "",
        string tenant = "tenant-1"
    )
    {
        await fixture.ExecuteAsync($"CREATE TABLE public.history ({columns}line text)");
        await fixture.ExecuteAsync(
            $"INSERT INTO public.history SELECT {values}{context} FROM (SELECT @token::text) AS kept (body)",
            new { token = Value.Seal("an old token", tenant) }
        );
    }
}
