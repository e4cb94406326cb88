using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>
/// An update writes a row to any page with room for it, also to one before those that are still to be read. Nobody would decrypt
/// the row then, and the few rows that are too few would not tell.
/// </summary>
public sealed class WhenARowMovesToPagesThatWereRead
{
    private const string Moved = "m240n00060";

    // Room for it is on pages of the first range only, once its own page and the last one are full.
    private const string Move = $"""
        DO $$
        BEGIN
            FOR i IN 1..1000 LOOP
                UPDATE notes SET title = 'touched ' || i WHERE id = '{Moved}';
                EXIT WHEN (SELECT ctid < '(50,0)'::tid FROM notes WHERE id = '{Moved}');
            END LOOP;
        END $$
        """;

    private Fixture fixture = null!;

    // Two ranges of pages; the row is in the second, and claims a version that its value is not under.
    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync(
            $"""
            INSERT INTO notes (id, tenant, body, version)
            SELECT 'm' || n || id, tenant, body, CASE WHEN 'm' || n || id = '{Moved}' THEN 2 ELSE 1 END
            FROM notes, generate_series(1, 250) AS n ORDER BY n, id;
            DELETE FROM notes WHERE ctid < '(3,0)'::tid
            """
        );
        await fixture.ExecuteAsync("VACUUM notes");
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task It_is_decrypted_all_the_same()
    {
        var asked = 0;

        var report = await new TableVerification(
            fixture.Ring,
            fixture.Databases,
            fixture.Schema,
            fixture.Progress
        ).RunAsync(
            [.. fixture.Map.Tables],
            new VerificationRequest { Share = Share, Workers = 1 },
            CancellationToken.None
        );

        var rows = await fixture.ScalarAsync<long>("SELECT count(*) FROM notes");
        Assert.That(
            await fixture.ScalarAsync<bool>($"SELECT ctid < '(50,0)'::tid FROM notes WHERE id = '{Moved}'"),
            "it stands on pages of the first range"
        );
        Assert.That(
            report.Tables.Select(table => (table.Rows, table.Verified, table.Failed)),
            Is.EqualTo(new[] { (rows, rows - 1, 1L) })
        );
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo(Moved));

        // Asked when the ranges are planned, and then for each of them.
        double? Share(long _)
        {
            if (++asked == 3)
                Task.Run(() => fixture.ExecuteAsync(Move)).GetAwaiter().GetResult();
            return null;
        }
    }

    [Test]
    public async Task A_moment_of_a_server_that_was_started_anew_tells_no_rows()
    {
        var found = await ReadAsync(ReadingStart.TryParse("1764475719.283746/16384/4294967295"));

        Assert.That(found, Is.Null);
    }

    [Test]
    public async Task Without_a_moment_every_row_is_read()
    {
        var found = await ReadAsync(start: null);

        var rows = await fixture.ScalarAsync<long>("SELECT count(*) FROM notes");
        Assert.That((found!.Counts.Verified, found.Counts.Failed, found.Met), Is.EqualTo((rows, 1L, rows)));
    }

    private async Task<NewerOutcome?> ReadAsync(ReadingStart? start)
    {
        using var newer = new NewerRows(fixture.Databases, fixture.Ring);
        return await newer.VerifyAsync(
            (await fixture.TargetsAsync()).Single(),
            tenants: null,
            version: null,
            start,
            counting: false,
            _ => { },
            _ => Task.CompletedTask,
            CancellationToken.None
        );
    }
}
