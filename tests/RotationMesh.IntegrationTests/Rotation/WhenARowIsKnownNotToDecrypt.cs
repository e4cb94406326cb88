using RotationMesh.Embedding;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A sample would pass over the row, and the rotation would end as if it were not there.</summary>
public sealed class WhenARowIsKnownNotToDecrypt
{
    private const int Rows = 5000;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync("CREATE TABLE kept AS SELECT id, body FROM notes WHERE id = 'n00007'");
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            "UPDATE notes SET body = kept.body FROM kept WHERE notes.id = kept.id; DROP TABLE kept"
        );
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Rotations_after_it_read_its_table_wholly_whatever_share_they_are_to_verify()
    {
        var again = await SampledAsync();
        var twice = await SampledAsync();
        await fixture.ExecuteAsync("DELETE FROM notes WHERE id = 'n00007'");
        var mended = await SampledAsync();
        var after = await SampledAsync();

        Assert.That((again.State, again.Verified), Is.EqualTo(("CompletedWithFailures", (long)Rows - 1)));
        Assert.That(again.Failures.Single().Key.Single().Value, Is.EqualTo("n00007"));
        Assert.That((twice.State, twice.Verified), Is.EqualTo(("CompletedWithFailures", (long)Rows - 1)));
        Assert.That((mended.State, mended.Verified), Is.EqualTo(("Completed", (long)Rows - 1)));
        Assert.That(after.Verified, Is.LessThan(Rows / 2), "nothing is known against it any more");
    }

    [Test]
    public async Task It_may_need_any_key()
    {
        var key = await fixture.KeyAsync();

        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(
            key.InTheWay,
            Has.One.Contains("left 1 failed rows of version 2").And.Contains("may need any key")
        );
    }

    [Test]
    public async Task A_rotation_of_an_earlier_release_that_took_a_sample_makes_nothing_good()
    {
        await fixture.ExecuteAsync("CREATE TABLE damaged AS SELECT * FROM notes WHERE id = 'n00007'");
        await fixture.ExecuteAsync("DELETE FROM notes WHERE id = 'n00007'");
        Assert.That((await SampledAsync()).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync(
            """
            INSERT INTO notes SELECT * FROM damaged;
            DROP TABLE damaged;
            UPDATE rotationmesh.rotation_tables SET read_whole = false
            """
        );

        var key = await fixture.KeyAsync();

        Assert.That(key.InTheWay, Has.One.Contains("left 1 failed rows of version 2"));
    }

    private Task<RotationReport> SampledAsync()
    {
        var order = fixture.Order() with { Verify = "sample:1%" };
        var parts = new MeshParts(
            fixture.Map,
            fixture.Ring,
            fixture.Databases,
            fixture.Schema,
            fixture.Control
        );
        return new EmbeddedMesh(parts, new RotationProgress()).RunAsync(order, 2, CancellationToken.None);
    }
}
