using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A leaf that has another name, or is gone, when a rotation decrypts its rows.</summary>
public sealed class WhenALeafIsAway
{
    private const int Rows = 60;
    private const int Few = 5;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Entries.Notes with { Key = Entries.Names("id", "year") });
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.notes (id text, tenant text, body text, version int, title text, year int DEFAULT 2025,
                PRIMARY KEY (id, year)) PARTITION BY LIST (year);
            CREATE TABLE public.notes_old PARTITION OF public.notes FOR VALUES IN (2025);
            CREATE TABLE public.notes_few PARTITION OF public.notes FOR VALUES IN (2026);
            ALTER TABLE public.notes_few ALTER year SET DEFAULT 2026
            """
        );
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.InsertAsync(Note.Many(Few), "notes_few");
        await fixture.Control.MigrateAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task It_is_decrypted_once_it_has_its_name_back()
    {
        await WhenItIsPlannedAsync("ALTER TABLE public.notes_few RENAME TO notes_away");
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION public.back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                ALTER TABLE IF EXISTS public.notes_away RENAME TO notes_few; RETURN NULL;
            END $$;
            CREATE TRIGGER back AFTER UPDATE OF failures ON rotationmesh.partitions FOR EACH ROW
                WHEN (NEW.failures > OLD.failures) EXECUTE FUNCTION public.back()
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Verified), Is.EqualTo(("Completed", Rows + Few)));
    }

    [Test]
    public async Task One_that_was_dropped_has_no_rows_to_decrypt()
    {
        await WhenItIsPlannedAsync("DROP TABLE public.notes_few");

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Verified), Is.EqualTo(("Completed", Rows)));
        Assert.That(
            await fixture.ScalarAsync<int>("SELECT max(failures) FROM rotationmesh.partitions"),
            Is.Zero
        );
    }

    // With the first partitions that are to be decrypted: no worker has one of them yet.
    private Task WhenItIsPlannedAsync(string statement) =>
        fixture.ExecuteAsync(
            $"""
            CREATE FUNCTION public.away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF pg_catalog.to_regclass('public.notes_few') IS NOT NULL AND EXISTS (
                    SELECT FROM rotationmesh.sweep_tables t
                    WHERE t.sweep_table_id = NEW.sweep_table_id AND t.phase = 'verify' AND t.sweep = 1)
                    AND NOT EXISTS (SELECT FROM rotationmesh.partitions p WHERE p.failures > 0)
                THEN {statement}; END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER away AFTER INSERT ON rotationmesh.partitions FOR EACH ROW EXECUTE FUNCTION public.away()
            """
        );
}
