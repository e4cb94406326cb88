using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.IntegrationTests.Writers;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>
/// An update writes a row to any page with room for it, also to one before those that are still to be read. Nobody would decrypt
/// the row then, and the few rows that are too few would not tell.
/// </summary>
[NonParallelizable] // a transaction of another test that is open, in any database of the server, makes more rows newer
public sealed class WhenARowMovesToPagesThatWereRead
{
    private const string Moved = "m240n00060";
    private const uint Split = 3;

    // Room for it is on pages of the first range only, once its own page and the last one are full.
    private const string Move = $"""
        DO $$
        BEGIN
            FOR i IN 1..1000 LOOP
                UPDATE notes SET title = 'touched ' || i WHERE id = '{Moved}';
                EXIT WHEN (SELECT ctid < '(3,0)'::tid FROM notes WHERE id = '{Moved}');
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
        await fixture.ExecuteAsync("VACUUM (INDEX_CLEANUP ON) notes");
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task No_range_has_it_and_what_is_read_last_has()
    {
        var target = (await fixture.TargetsAsync()).Single();
        var start = await ReadingStart.TakeAsync(fixture.Databases, Fixture.App, CancellationToken.None);

        var first = await RangeAsync(target, new PageRange(0, Split), start);
        await fixture.ExecuteAsync(Move);
        var second = await RangeAsync(target, new PageRange(Split, uint.MaxValue), start);
        var last = (await ReadAsync(start))!;

        Assert.That(
            await fixture.ScalarAsync<bool>(
                $"SELECT ctid < '({Split},0)'::tid FROM notes WHERE id = '{Moved}'"
            ),
            "it stands on pages of the first range"
        );
        var rows = await fixture.ScalarAsync<long>("SELECT count(*) FROM notes");
        Assert.That((first.Counts.Failed, second.Counts.Failed), Is.EqualTo((0L, 0L)));
        Assert.That((last.Counts.Failed, last.Met), Is.EqualTo((1L, 1L)));
        Assert.That(first.Counts.Verified + second.Counts.Verified + last.Met, Is.EqualTo(rows));
    }

    [Test]
    public async Task A_verification_reads_what_is_newer_than_its_beginning()
    {
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            $"UPDATE notes SET title = 'touched' WHERE id = '{Moved}'"
        );
        var began = await ReadingStart.TakeAsync(fixture.Databases, Fixture.App, CancellationToken.None);
        await open.CommitAsync();

        var found = (await ReadAsync(began))!;

        Assert.That((found.Met, found.Counts.Failed), Is.EqualTo((1L, 1L)));
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

    private async Task<VerificationOutcome> RangeAsync(
        MappedTable target,
        PageRange pages,
        ReadingStart start
    )
    {
        using var verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);
        var leaf = SqlName.Parse(target.Shape.Quoted);
        return await verifier.VerifyAsync(
            target,
            PartitionRange.Of(target.Entry, leaf) with
            {
                Pages = pages,
            },
            version: null,
            share: null,
            _ => { },
            _ => Task.CompletedTask,
            CancellationToken.None,
            start: start
        );
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
