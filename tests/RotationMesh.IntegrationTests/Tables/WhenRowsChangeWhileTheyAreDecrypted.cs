using RotationMesh.Core;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>
/// A value in a store, and a large one, is read after its row. The rows that the application writes in between are just those
/// that somebody may be writing with an old key.
/// </summary>
public sealed class WhenRowsChangeWhileTheyAreDecrypted
{
    private const int Rows = 10;
    private const string Told =
        "table notes (database app): 1 rows changed each time that they were to be decrypted";

    private Fixture fixture = null!;
    private int reads;
    private int changes;

    // The object of one row is under the old key, although the row claims the new one. The row is written each time that
    // somebody has begun to read the object, as often as the test wants it.
    [SetUp]
    public async Task Create()
    {
        (reads, changes) = (0, 0);
        fixture = await StoreNotes.CreateAsync(ReadAsync, version: 1, Rows);
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            $"INSERT INTO notes (id, tenant, body, version, object_name) VALUES ('x1', 'acme', '{StoreNotes.Marker}', 2, 'x1')"
        );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public async Task One_that_does_not_decrypt_is_found_once_it_holds_still(int times)
    {
        changes = times;

        var table = (await fixture.VerifyAsync()).Tables.Single();

        Assert.That((table.Verified, table.Failed, table.Changing), Is.EqualTo((Rows, 1, 0)));
    }

    [Test]
    public async Task One_that_never_does_is_told_as_not_verified()
    {
        changes = int.MaxValue;

        var report = await fixture.VerifyAsync();

        var table = report.Tables.Single();
        Assert.That((table.Verified, table.Failed, table.Changing), Is.EqualTo((Rows, 0, 1)));
        Assert.That(report.Notes.Single(), Does.StartWith(Told));
        Assert.That(
            reads,
            Is.InRange(4, 5),
            "the first time, again with the rows that were written meanwhile, and three times more"
        );
    }

    [Test]
    public async Task One_that_never_does_keeps_the_version_in_service()
    {
        changes = int.MaxValue;

        var refused = await fixture.RetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.StartWith(Told).And.Contain("without it: try again when they are written less often")
        );
    }

    [Test]
    public async Task One_that_never_does_is_noted_by_a_rotation()
    {
        changes = int.MaxValue;

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Verified), Is.EqualTo(("Completed", Rows)));
        Assert.That(report.Notes, Has.One.StartsWith(Told));
        var rotations = new ControlRotations(fixture.Map, () => fixture.Ring, fixture.Control);
        var shown = await rotations.FindAsync(report.RotationId, CancellationToken.None);
        Assert.That(shown.Changing, Is.EqualTo(1));
    }

    [TestCase("UPDATE notes SET title = 'touched' WHERE id = 'y1'", 1, 1)]
    [TestCase(
        "UPDATE notes SET body = n.body, tenant = n.tenant FROM notes n WHERE n.id = 'n00001' AND notes.id = 'y1'",
        1,
        0
    )]
    [TestCase("UPDATE notes SET version = 1 WHERE id = 'y1'", 0, 0)]
    [TestCase("DELETE FROM notes WHERE id = 'y1'", 0, 0)]
    public async Task A_large_one_is_decrypted_as_it_is_afterwards(string change, int read, int failed)
    {
        const int Small = 1500;
        await fixture.ExecuteAsync("TRUNCATE notes");
        await fixture.InsertAsync([
            Note.Of("y1") with
            {
                Body = Value.Seal(new string('l', 2_000_000), "acme"),
                Version = 2,
            },
        ]);
        await fixture.InsertAsync(Note.Many(Small, version: 2));
        var target = (await fixture.TargetsAsync()).Single();
        using var verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);
        var isChanged = false;

        var counts = (
            await verifier.VerifyAsync(
                target,
                PartitionRange.Of(target.Entry, target.Shape.Leaves.Single().Name),
                version: 2,
                share: null,
                Change,
                _ => Task.CompletedTask,
                CancellationToken.None
            )
        ).Counts;

        Assert.That(
            (counts.Verified, counts.Failed, counts.Contended),
            Is.EqualTo(((long)Small + read, (long)failed, 0L))
        );

        // Told first after a thousand rows: the large one was read by then, and is not decrypted yet.
        void Change(RowCounts step)
        {
            if (!isChanged)
                Task.Run(() => fixture.ExecuteAsync(change)).GetAwaiter().GetResult();
            isChanged = true;
        }
    }

    private async Task<string> ReadAsync(string name)
    {
        if (reads++ < changes)
            await fixture.ExecuteAsync(
                $"UPDATE notes SET title = 'read {reads} times' WHERE object_name = '{name}'"
            );
        return Value.Seal("in the bucket", "acme");
    }
}
