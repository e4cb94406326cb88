using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.IntegrationTests.Writers;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A partition whose reading takes longer than an attempt may.</summary>
public sealed class WhenReadingIsCutShort
{
    private const int Rows = 3000;
    private const int Unreadable = 7;

    private Fixture fixture = null!;
    private MappedTable target = null!;
    private PartitionVerifier verifier = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync(
            $"UPDATE notes SET body = overlay(body PLACING 'AAAA' FROM 30) WHERE id IN (SELECT id FROM notes ORDER BY ctid LIMIT {Unreadable})"
        );
        target = (await fixture.TargetsAsync()).Single();
        verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);
    }

    [TearDown]
    public async Task Drop()
    {
        verifier.Dispose();
        await fixture.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Every_row_is_read_once_by_those_who_go_on_with_what_is_left(bool byPages)
    {
        var pages = await fixture.ScalarAsync<int>("SELECT pg_relation_size('notes')::int / 8192");
        var range = Whole();
        if (byPages)
            range = range with { Pages = new PageRange(0, (uint)pages) };
        var attempts = new List<VerificationOutcome>();
        var failed = new HashSet<string>();

        while (attempts.Count == 0 || attempts[^1].Rest is not null)
        {
            using var stop = new CancellationTokenSource();
            attempts.Add(await ReadAsync(range, parts: 8, stop, failed));
            if (attempts[^1].Rest is { } rest)
                range = range with { Pages = rest };
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(attempts, Has.Count.GreaterThan(3));
            Assert.That(attempts.SkipLast(1), Has.All.Property(nameof(VerificationOutcome.IsStopped)).True);
            Assert.That(attempts[^1].IsStopped, Is.False);
            Assert.That(attempts.Sum(attempt => attempt.Counts.Verified), Is.EqualTo(Rows));
            Assert.That(attempts.Sum(attempt => attempt.Counts.Failed), Is.EqualTo(Unreadable));
            Assert.That(attempts.Sum(attempt => attempt.Counts.Values), Is.EqualTo(Rows - Unreadable));
            Assert.That(failed, Has.Count.EqualTo(Unreadable));
            Assert.That(range.Pages!.Value.To, Is.EqualTo(byPages ? (uint)pages : uint.MaxValue));
        }
    }

    [Test]
    public async Task Rows_that_come_behind_the_last_page_are_read_as_well()
    {
        using var stop = new CancellationTokenSource();
        var first = await ReadAsync(Whole(), parts: 8, stop, []);
        await fixture.InsertAsync(Note.Many(Rows).Select(note => note with { Id = note.Id + "-later" }));

        var rest = await ReadAsync(Whole() with { Pages = first.Rest }, parts: 1, null, []);

        Assert.That(first.Counts.Verified + rest.Counts.Verified, Is.EqualTo(2 * Rows));
    }

    [Test]
    public async Task Of_a_sample_in_parts_each_part_gives_its_share()
    {
        var range = Whole();
        var rows = 0L;
        for (var left = true; left; )
        {
            using var stop = new CancellationTokenSource();
            var attempt = await ReadAsync(range, parts: 2, stop, [], share: 0.5);
            rows += attempt.Counts.Verified;
            left = attempt.Rest is not null;
            range = range with { Pages = attempt.Rest };
        }

        // Of the last few pages a run has at least some.
        Assert.That(rows, Is.InRange(Rows * 0.4, Rows * 0.8));
    }

    [Test]
    public async Task Of_chosen_tenants_every_row_is_read_once()
    {
        var tenants = await fixture.ScalarAsync<string[]>("SELECT array_agg(DISTINCT tenant) FROM notes");
        var range = Whole() with { Tenants = tenants };
        var rows = 0L;
        for (var left = true; left; )
        {
            using var stop = new CancellationTokenSource();
            var attempt = await ReadAsync(range, parts: 4, stop, []);
            rows += attempt.Counts.Verified;
            left = attempt.Rest is not null;
            range = range with { Pages = attempt.Rest };
        }

        Assert.That(rows, Is.EqualTo(Rows));
    }

    [Test]
    public async Task Of_what_waits_for_a_lock_nothing_was_read()
    {
        await using var migration = await OpenTransaction.BeginAsync(fixture, "LOCK TABLE notes");
        using var stop = new CancellationTokenSource();
        var reading = ReadAsync(Whole(), parts: 1, stop, []);
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'notes'::regclass"
                ),
            TimeSpan.FromMinutes(1),
            "it waits"
        );

        await stop.CancelAsync();

        var outcome = await reading;
        Assert.That(
            (outcome.IsStopped, outcome.WasReading, outcome.Rest),
            Is.EqualTo((true, false, (PageRange?)null))
        );
    }

    [Test]
    public async Task Nothing_is_kept_where_no_part_was_read_to_its_end()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.That(
            async () => await ReadAsync(Whole(), parts: 8, stop, []),
            Throws.InstanceOf<OperationCanceledException>()
        );
    }

    private PartitionRange Whole() =>
        new()
        {
            Scope = target.Entry.Scope,
            Database = target.Entry.Database,
            Table = target.Entry.Name,
            Leaf = target.Shape.Leaves.Single().Name,
        };

    // Stopped with the first rows that it tells of, which it does at the end of a part at the latest.
    private Task<VerificationOutcome> ReadAsync(
        PartitionRange range,
        int parts,
        CancellationTokenSource? stop,
        HashSet<string> failed,
        double? share = null
    ) =>
        verifier.VerifyPartsAsync(
            target,
            range,
            1,
            share,
            read =>
            {
                if (read.Verified > 0)
                    stop?.Cancel();
            },
            rows =>
            {
                failed.UnionWith(rows.Select(row => row.Key[0].Value));
                return Task.CompletedTask;
            },
            place: null,
            parts,
            stop?.Token ?? CancellationToken.None
        );
}
