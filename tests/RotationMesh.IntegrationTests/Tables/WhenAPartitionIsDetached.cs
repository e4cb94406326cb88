using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A leaf with rows at the old version that is detached while its table is rotated, or afterwards.</summary>
public sealed class WhenAPartitionIsDetached
{
    private const int Current = 40;
    private const int Pending = 20;
    private const string Detach = "ALTER TABLE public.notes DETACH PARTITION public.notes_new";

    private const string Attach =
        "ALTER TABLE public.notes ATTACH PARTITION public.notes_new FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";

    private static readonly TableEntry Notes = Of("notes");

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Notes);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.notes (id text, tenant text, body text, memo text, version int, title text,
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
    public async Task Between_check_and_plan_it_is_told_after_each_retry_until_it_is_attached_again()
    {
        var report = await fixture.RotateAcrossAsync(Detach);
        var again = await fixture.RetryAsync(report.RotationId);
        await fixture.ExecuteAsync(Attach);
        var attached = await fixture.RetryAsync(report.RotationId);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(
                report.Reason,
                Does.StartWith("table notes: parts were detached from it while the rotation ran")
                    .And.Contain(": public.notes_new: attach them again and retry the rotation")
            );
            Assert.That(Counts(report), Is.EqualTo((Current, 0, Current)));
            Assert.That((again.State, again.Reason), Is.EqualTo((report.State, report.Reason)));
            Assert.That(Counts(again), Is.EqualTo((Current, 0, Current)));
            Assert.That(attached.State, Is.EqualTo("Completed"));
            Assert.That(Counts(attached), Is.EqualTo((Current + Pending, Pending, Current)));
        }
    }

    [Test]
    public async Task While_it_is_about_to_be_detached_a_retry_tells_what_ends_that_first()
    {
        var report = await fixture.RotateAcrossAsync(Detach);
        await fixture.ExecuteAsync(Attach);
        await fixture.BeginToDetachAsync("public.notes", "public.notes_new");

        var again = await fixture.RetryAsync(report.RotationId);

        Assert.That(
            again.Reason,
            Does.Contain(
                $": public.notes_new: end the detaching with {InterruptedDetach.FinalizeWith("public.notes", "public.notes_new")}, then "
                    + "attach them again and retry the rotation"
            )
        );
    }

    [Test]
    public async Task Between_check_and_plan_no_key_is_retired_before_it_is_dropped()
    {
        await fixture.RotateAcrossAsync(Detach);

        var refused = await fixture.RetireAsync();
        await fixture.ExecuteAsync("DROP TABLE public.notes_new");
        var retired = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("table public.notes_new (database app), which was part of notes when rotation ")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task Where_it_was_dropped_its_rows_are_gone_and_none_of_them_was_rotated()
    {
        var report = await fixture.RotateAcrossAsync("DROP TABLE public.notes_new");

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(Counts(report), Is.EqualTo((Current, 0, Current)));
        AssertRetired(await fixture.RetireAsync());
    }

    [Test]
    public async Task After_the_rotation_it_keeps_every_key_in_service_under_whatever_name()
    {
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync($"{Detach}; ALTER TABLE public.notes_new RENAME TO archive");

        var refused = await fixture.RetireAsync();
        await fixture.ExecuteAsync(
            $"ALTER TABLE public.archive RENAME TO notes_newer; {Attach.Replace("notes_new ", "notes_newer ")}"
        );
        var retired = await fixture.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith(
                    "table public.archive (database app, then called public.notes_new), which was part of notes when rotation "
                )
                .And.EndWith("leave it out with --skip-scan-of app.public.archive --reason TEXT")
        );
        AssertRetired(retired);
    }

    [Test]
    public async Task Many_of_one_table_are_told_in_one_sentence()
    {
        await fixture.ExecuteAsync(
            """
            DO $$ BEGIN FOR y IN 2030..2034 LOOP
                EXECUTE format('CREATE TABLE public.notes_%s PARTITION OF public.notes FOR VALUES FROM (%L) TO (%L)',
                               y, y || '-01-01', y + 1 || '-01-01');
            END LOOP; END $$
            """
        );
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            """
            DO $$ BEGIN FOR y IN 2030..2034 LOOP
                EXECUTE format('ALTER TABLE public.notes DETACH PARTITION public.notes_%s', y);
            END LOOP; END $$
            """
        );

        var refused = await fixture.RetireAsync();
        var listed = await fixture.Inspections().ListKeysAsync(CancellationToken.None);
        string[] places = [.. refused.DetachedLeaves.Select(leaf => leaf.Place)];
        var retired = await fixture.RetireWithoutAsync(places);

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith(
                    "tables public.notes_2030, public.notes_2031, public.notes_2032 and 2 more (database app)"
                )
                .And.EndWith("as with --skip-scan-of app.public.notes_2030 --reason TEXT")
        );
        Assert.That(
            places,
            Is.EquivalentTo(Enumerable.Range(2030, 5).Select(year => $"app.public.notes_{year}"))
        );
        Assert.That(refused.DetachedLeaves.Select(leaf => leaf.PartOf), Is.All.EqualTo("notes"));
        Assert.That(listed.DetachedLeaves, Is.EqualTo(refused.DetachedLeaves));
        AssertRetired(retired);
    }

    [Test]
    public async Task In_the_map_by_itself_it_has_the_columns_of_its_table()
    {
        await fixture.ExecuteAsync("UPDATE notes SET memo = body");
        await using var whole = fixture.Variant([WithMemo("notes")]);
        Assert.That((await whole.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(Detach);
        await using var half = fixture.Variant([WithMemo("notes"), Of("notes_new")]);
        await using var both = fixture.Variant([WithMemo("notes"), WithMemo("notes_new")]);

        var refused = await half.RetireAsync();
        var retired = await both.RetireAsync();

        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith("column memo of table public.notes_new (database app), which rotation ")
        );
        AssertRetired(retired);
    }

    private static TableEntry Of(string table) =>
        Entries.Table(table) with
        {
            Key = Entries.Names("id", "updatedAt"),
        };

    private static TableEntry WithMemo(string table) =>
        Of(table) with
        {
            Columns = [Entries.Column("body"), Entries.Column("memo")],
        };

    private static (long Rows, long Rotated, long Current) Counts(RotationReport report) =>
        report.Tables.Select(table => (table.Rows, table.Rotated, table.Current)).Single();

    private static void AssertRetired(RetirementDocument document) =>
        Assert.That(document.Retired, Is.True, string.Join("; ", document.InTheWay));
}
