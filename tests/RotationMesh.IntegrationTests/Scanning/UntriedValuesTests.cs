using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>A scan counts what it did not try with every tenant, whatever stands around it, and says why.</summary>
public sealed class UntriedValuesTests
{
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCaseSource(typeof(Contexts), nameof(Contexts.All))]
    public async Task Where_not_every_tenant_is_known_each_value_is_counted(string context)
    {
        await fixture.ExecuteAsync($"CREATE TABLE copies AS SELECT {context} AS held FROM notes");

        var scan = await fixture.ScanAsync(ScanDepth.Look with { Tenants = 1 });

        Assert.That(
            scan.Tables.Single(table => table.Table == "public.copies").Untried.Sum(one => one.Values),
            Is.EqualTo(
                60 - scan.Found().Sum(pair => pair.Envelopes.Opened.Sum(opened => opened.Values))
            ).And.Positive
        );
        Assert.That(Causes(scan), Is.EqualTo(new[] { UntriedCause.TenantsAreUnknown }));
        Assert.That(scan.TenantsUnknown, Does.Contain("table notes has more than the 1 that are listed"));
    }

    [TestCaseSource(typeof(Contexts), nameof(Contexts.All))]
    public async Task Once_the_time_is_used_up_each_value_is_counted(string context)
    {
        await fixture.ExecuteAsync($"CREATE TABLE copies AS SELECT {context} AS held FROM notes");

        var scan = await fixture.ScanAsync(ScanDepth.Look with { SearchTime = TimeSpan.Zero });

        Assert.That(
            scan.Tables.SelectMany(table => table.Untried),
            Is.EqualTo(new[] { new UntriedValues("held", null, 60, UntriedCause.TimeIsOver) })
        );
    }

    [Test]
    public async Task Rows_that_name_a_known_tenant_were_tried_with_it_and_with_the_others_as_long_as_there_was_time()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE named (tenant text, held text);
            INSERT INTO named SELECT tenant, encode(sha512(id::bytea), 'base64') FROM notes;
            """
        );

        var whole = await fixture.ScanAsync();
        var hurried = await fixture.ScanAsync(ScanDepth.Look with { SearchTime = TimeSpan.Zero });
        var unknown = await fixture.ScanAsync(ScanDepth.Look with { Tenants = 1 });

        Assert.That(Causes(whole), Is.Empty);
        Assert.That(
            hurried.Tables.SelectMany(table => table.Untried),
            Is.EqualTo(new[] { new UntriedValues("held", null, 60, UntriedCause.OtherTenants) })
        );
        Assert.That(Causes(unknown), Is.EqualTo(new[] { UntriedCause.TenantsAreUnknown }));
    }

    [Test]
    public async Task A_name_that_no_tenant_has_tells_none()
    {
        await fixture.ExecuteAsync(
            "CREATE TABLE named AS SELECT 'system' AS tenant, 'Bearer ' || body AS held FROM notes"
        );

        var found = (await fixture.ScanAsync()).Found().Single().Envelopes;
        var hurried = await fixture.ScanAsync(ScanDepth.Look with { SearchTime = TimeSpan.Zero });

        Assert.That(found.Opened.Single().Values, Is.EqualTo(60));
        Assert.That(Causes(hurried), Is.EqualTo(new[] { UntriedCause.TimeIsOver }));
    }

    [Test]
    public async Task An_envelope_beside_one_that_opens_is_counted()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE pairs (tenant text, held text);
            INSERT INTO pairs SELECT 'system', @known || ' became ' || body FROM notes
            """,
            new { known = Value.Seal("a text", "system") }
        );

        var scan = await fixture.ScanAsync(ScanDepth.Look with { SearchTime = TimeSpan.Zero });

        Assert.That(scan.Found().Single().Envelopes.Opened.Single().Values, Is.EqualTo(60));
        Assert.That(scan.Tables.SelectMany(table => table.Untried).Single().Values, Is.EqualTo(60));
    }

    [Test]
    public async Task Random_tokens_of_an_ordinary_database_are_tried_with_every_tenant()
    {
        await fixture.InsertAsync(
            Note.Many(300, tenants: 300).Select(note => note with { Id = $"more-{note.Id}" })
        );
        await fixture.ExecuteAsync(Contexts.Tokens);

        Assert.That(Causes(await fixture.ScanAsync()), Is.Empty);
    }

    [Test]
    public async Task A_column_of_random_tokens_leaves_time_to_others()
    {
        await fixture.InsertAsync(
            Note.Many(3_000, tenants: 3_000).Select(note => note with { Id = $"more-{note.Id}" })
        );
        await fixture.ExecuteAsync(
            """
            CREATE TABLE a_greedy AS SELECT encode(sha512(n::text::bytea), 'base64') AS token
                FROM generate_series(1, 40000) n;
            CREATE TABLE b_copies AS SELECT 'Bearer ' || body AS held FROM notes WHERE id NOT LIKE 'more-%' LIMIT 5;
            """
        );

        var scan = await fixture.ScanAsync(ScanDepth.Look with { SearchTime = TimeSpan.FromSeconds(4) });

        Assert.That(
            scan.Tables.SelectMany(table => table.Untried).Select(untried => (untried.Column, untried.Cause)),
            Is.EqualTo(new[] { ("token", UntriedCause.TimeIsOver) })
        );
        var (table, found) = scan.Found().Single(pair => pair.Table.Table == "public.b_copies");
        Assert.That(found.Opened.Single().Values, Is.EqualTo(5));
        Assert.That(
            scan.Tables.Single(look => look.Table == "public.a_greedy").Whole,
            "a search counts against no table's time"
        );
    }

    private static IEnumerable<UntriedCause> Causes(DatabaseScan scan) =>
        scan.Tables.SelectMany(table => table.Untried).Select(untried => untried.Cause);
}
