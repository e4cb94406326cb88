using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>
/// The application swaps an encrypted column for a copy while verification is planned: after the columns were recorded, and before
/// the leaves were listed whose rows are read.
/// </summary>
public sealed class WhenAColumnIsReplacedLate
{
    private const int Rows = 3000;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync(
            "ALTER TABLE notes ADD kept text; CREATE TABLE late AS SELECT id, body FROM notes ORDER BY id LIMIT 1"
        );
        await fixture.Control.MigrateAsync(CancellationToken.None);
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION public.swap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF EXISTS (SELECT FROM rotationmesh.rotations WHERE state = 'Verifying')
                    AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'public.notes'::regclass AND attname = 'kept') THEN
                    UPDATE public.notes n SET kept = coalesce((SELECT l.body FROM public.late l WHERE l.id = n.id), n.body);
                    ALTER TABLE public.notes DROP body;
                    ALTER TABLE public.notes RENAME kept TO body;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER swap AFTER UPDATE ON rotationmesh.rotation_tables
                FOR EACH ROW WHEN (NEW.leaves IS NULL) EXECUTE FUNCTION public.swap()
            """
        );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Totals_of_counts_alone_are_not_believed_and_the_next_rotation_finds_the_copied_row()
    {
        var report = await fixture.RotateAsync(verify: "counts");
        var same = await fixture.RotateAsync(verify: "counts");
        var again = await fixture.RotateAsync();

        Assert.That(same.State, Is.EqualTo("CompletedWithFailures"), same.Reason);
        Assert.That(same.Reason, Does.Contain("got other columns"), "it knows of the rotation before");
        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(
            report.Reason,
            Does.Contain("got other columns").And.Contain(": rotate again without --verify counts")
        );
        Assert.That(again.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(again.Tables.Sum(table => table.Failed), Is.EqualTo(1));
    }

    [Test]
    public async Task A_sample_is_not_believed_and_the_retry_reads_every_row()
    {
        await fixture.ExecuteAsync("DELETE FROM public.late");

        var report = await fixture.RotateAsync(verify: "sample:1%");
        var again = await fixture.RetryAsync(report.RotationId);

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Reason, Does.Contain("got other columns").And.EndWith(": retry the rotation"));
        Assert.That(report.Verified, Is.LessThan(Rows));
        Assert.That(again.State, Is.EqualTo("Completed"));
        Assert.That(again.Verified, Is.EqualTo(Rows));
    }
}
