using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>What somebody can do who may write the whole control schema, and kept the master key before the current one.</summary>
public sealed class WhenAnOldKeyIsKept
{
    private const int Events = 6;

    private AuditScene scene = null!;

    [SetUp]
    public async Task Append()
    {
        scene = await AuditScene.CreateAsync();
        await scene.AppendManyAsync(Events);
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task What_the_holder_of_an_old_key_calculated_anew_is_not_vouched_for()
    {
        using var mallory = AuditScene.RingOf(1, (1, 'k'));
        await scene.RecalculateAsync(from: 1, Codes.OfAnOldKey, mallory);

        var verdict = await scene.VerifyAsync();

        Assert.That((verdict.IsSound, verdict.IsTrusted, verdict.VouchedUpTo), Is.EqualTo((true, false, 0L)));
        Assert.That(
            verdict.Doubts.Single(),
            Does.StartWith("The events are sealed with no newer key than version 1, and 2 is current")
        );
        var noted = Convert.ToHexStringLower((await scene.EventsAsync())[^1].Hash);
        Assert.That((await scene.VerifyAsync(noted)).IsTrusted, Is.True, "what was noted vouches");
    }

    [TestCase(2)]
    [TestCase(1, Description = "no code holds the version in a seal")]
    public async Task What_the_holder_of_an_old_key_calculated_anew_is_told_by_rotations_to_the_newer_one(
        int inTheSeal
    )
    {
        using var mallory = AuditScene.RingOf(1, (1, 'k'));
        var id = await scene.BeginRotationAsync();
        foreach (var kind in (AuditKind[])[AuditKind.RotationStarted, AuditKind.RotationEnded])
            await scene.Log.AppendAsync(
                scene.Control,
                AuditEntry.Of(kind, id, AuditScene.Alice, new { State = "Completed" })
            );
        await scene.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.rotations
            SET state = 'Completed', concluded = true, seal = '2:0123456789abcdef:{Convert.ToBase64String(
                new byte[32]
            )}'
            """
        );
        Assert.That((await scene.VerifyAsync()).IsTrusted, Is.True);

        await scene.RecalculateAsync(from: 1, Codes.OfAnOldKey, mallory);
        await scene.AppendAsync();
        await scene.Database.ExecuteAsync(
            $"UPDATE rotationmesh.rotations SET seal = '{inTheSeal}' || pg_catalog.substr(seal, 2)"
        );

        var verdict = await scene.VerifyAsync();
        Assert.That((verdict.IsTrusted, verdict.VouchedUpTo), Is.EqualTo((false, Events + 3L)));
        Assert.That(verdict.Doubts.Single(), Does.StartWith($"Event {Events + 2}, the end of rotation {id}"));
        var noted = Convert.ToHexStringLower((await scene.EventsAsync())[^1].Hash);
        Assert.That((await scene.VerifyAsync(noted)).IsTrusted, Is.True, "what was noted vouches");
    }

    [Test]
    public async Task What_the_holder_of_an_old_key_added_is_told_whatever_is_written_after_it()
    {
        using var mallory = AuditScene.RingOf(1, (1, 'k'), (2, 'q')); // its writer looks at the end
        await AuditScene.LogOf(mallory).AppendAsync(scene.Control, AuditScene.Entry("forged"));
        await AuditScene.LogOf(mallory).AppendAsync(scene.Control, AuditScene.Entry("forged"));
        await scene.AppendAsync();

        var verdict = await scene.VerifyAsync();

        Assert.That((verdict.IsTrusted, verdict.VouchedUpTo), Is.EqualTo((false, Events + 3L)));
        Assert.That(
            verdict.Doubts.Single(),
            Does.StartWith(
                $"Events {Events + 1} to {Events + 2} are sealed with key version 1, and one before with version 2"
            )
        );
    }

    [Test]
    public async Task A_ring_that_was_set_back_is_told_and_no_fault()
    {
        using var before = AuditScene.RingOf(1, (1, 'k'), (2, 'q'));
        await AuditScene.LogOf(before).AppendAsync(scene.Control, AuditScene.Entry());

        var verdict = await scene.VerifyAsync(before);

        Assert.That(verdict.IsTrusted, Is.True, string.Join("; ", [.. verdict.Faults, .. verdict.Doubts]));
        Assert.That(verdict.Notes.Single(), Does.EndWith("the ring's current version was set back"));
    }
}
