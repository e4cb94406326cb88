using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Scanning;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>
/// A leaf with rows at the old version whose detaching was interrupted. The server calls it a partition, and shows its rows in no
/// query of its table.
/// </summary>
public sealed class WhenAPartitionIsAboutToBeDetached
{
    private const int Current = 40;
    private const int Pending = 20;
    private const string Whole = "public.notes";
    private const string Leaf = "public.notes_new";

    private static readonly string End = InterruptedDetach.FinalizeWith(Whole, Leaf);
    private static readonly TableEntry Notes = Of("notes");

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Notes);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.notes (id text, tenant text, body text, version int, title text,
                "updatedAt" timestamptz DEFAULT '2025-01-01', PRIMARY KEY (id, "updatedAt")) PARTITION BY RANGE ("updatedAt");
            CREATE TABLE public.notes_old PARTITION OF notes FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE TABLE public.notes_new PARTITION OF notes FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
            ALTER TABLE public.notes_new ALTER "updatedAt" SET DEFAULT '2026-01-01'
            """
        );
        await fixture.InsertAsync(Note.Many(Current, version: 2));
        await fixture.InsertAsync(Note.Many(Pending), "notes_new");
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Before_a_rotation_it_is_no_leaf_and_the_scan_keeps_the_key_in_service()
    {
        await fixture.BeginToDetachAsync(Whole, Leaf);

        var report = await fixture.RotateAsync();
        var verified = await fixture.VerifyAsync();
        var refused = await fixture.ScanAndRetireAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("Completed"), report.Reason);
            Assert.That(Counts(report), Is.EqualTo((Current, 0, Current)));
            Assert.That(
                verified.Tables.Select(table => (table.Verified, table.Failed)).Single(),
                Is.EqualTo((Current, 0))
            );
            Assert.That(
                refused.InTheWay.Single(),
                Does.StartWith($"{Leaf}.body (database app), which the map does not name: ")
                    .And.Contain($"; end the detaching with {End}, then add it to the map and rotate")
            );
        }
    }

    [Test]
    public async Task After_a_rotation_it_is_told_with_the_statement_that_ends_it_and_can_be_attached_then()
    {
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.BeginToDetachAsync(Whole, Leaf);

        var refused = await fixture.RetireAsync();
        await fixture.ExecuteAsync(End);
        await fixture.ExecuteAsync(
            $"ALTER TABLE {Whole} ATTACH PARTITION {Leaf} FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
        );
        var retired = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith($"table {Leaf} (database app), which was part of notes when rotation ")
                .And.Contain(
                    $"is not in this map: end the detaching with {End}, then put it into the map, attach"
                )
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task The_map_may_name_it_beside_its_table()
    {
        await fixture.BeginToDetachAsync(Whole, Leaf);
        await using var both = fixture.Variant([Notes, Of("notes_new")]);

        var report = await both.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Sum(table => table.Rotated), Is.EqualTo(Pending));
        AssertRetired(await both.RetireAsync());
    }

    [Test]
    public async Task Of_a_table_that_the_map_leaves_out_it_keeps_the_key_in_service()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.log (n int, tenant text, was text) PARTITION BY LIST (n);
            CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES IN (1);
            CREATE TABLE public.log_2 PARTITION OF public.log FOR VALUES IN (2);
            INSERT INTO public.log SELECT 2, tenant, body FROM public.notes_new
            """
        );
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.BeginToDetachAsync("public.log", "public.log_2");
        var end = InterruptedDetach.FinalizeWith("public.log", "public.log_2");

        var refused = await fixture.ScanAndRetireAsync();
        await fixture.ExecuteAsync(end);
        await fixture.ExecuteAsync("DROP TABLE public.log_2");
        var retired = await fixture.ScanAndRetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("public.log_2.was (database app), which the map does not name: ")
                .And.Contain($"; end the detaching with {end}, then add it to the map and rotate")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task A_branch_is_scanned_by_itself_as_a_whole()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.parted (n int, held text) PARTITION BY RANGE (n);
            CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES FROM (0) TO (10);
            CREATE TABLE public.parted_2 PARTITION OF public.parted FOR VALUES FROM (10) TO (100) PARTITION BY RANGE (n);
            CREATE TABLE public.parted_3 PARTITION OF public.parted_2 FOR VALUES FROM (10) TO (100);
            INSERT INTO public.parted SELECT row_number() OVER (), body FROM public.notes_new
            """
        );
        await fixture.BeginToDetachAsync("public.parted", "public.parted_2");

        var scan = await fixture.ScanAsync();

        Assert.That(
            scan.Found()
                .Select(pair =>
                    (pair.Table.Table, pair.Envelopes.Opened.Single().Values, pair.Table.FinalizeWith)
                ),
            Is.EquivalentTo(
                new (string, long, string?)[]
                {
                    ("public.parted", 9, null),
                    (
                        "public.parted_2",
                        11,
                        InterruptedDetach.FinalizeWith("public.parted", "public.parted_2")
                    ),
                }
            )
        );
    }

    private static TableEntry Of(string table) =>
        Entries.Table(table) with
        {
            Key = Entries.Names("id", "updatedAt"),
        };

    private static (long Rows, long Rotated, long Current) Counts(RotationReport report) =>
        report.Tables.Select(table => (table.Rows, table.Rotated, table.Current)).Single();

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
