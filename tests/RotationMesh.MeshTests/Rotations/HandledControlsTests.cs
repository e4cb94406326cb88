using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Coordination.Saga;

namespace RotationMesh.MeshTests.Rotations;

/// <summary>Whether a control request is handled, by the time at which it was made.</summary>
[TestFixture]
internal sealed class HandledControlsTests
{
    private static readonly Guid Rotation = Guid.CreateVersion7();

    [Test]
    public void One_that_was_asked_long_before_the_last_is_not_heard_unless_whoever_runs_the_rotation_asks()
    {
        var ahead = new Asking(Guid.CreateVersion7(), DateTimeOffset.UtcNow.AddHours(2));
        var heard = HandledControls.Add([], ahead)!;
        var resume = new ResumeRotation(Rotation, "ann");

        var own = (ResumeRotation)HandledControls.After(resume, heard);

        Assert.That(HandledControls.Add(heard, resume.Asked!), Is.Null);
        Assert.That(HandledControls.Add(heard, own.Asked!), Has.Length.EqualTo(2));
        Assert.That(own.Asked!.Id, Is.EqualTo(resume.Asked!.Id));
        Assert.That(HandledControls.IsTooOld(heard, resume.Asked!), Is.True);
        Assert.That(HandledControls.IsTooOld(heard, own.Asked!), Is.False);
    }

    [Test]
    public void One_that_was_asked_after_the_last_stays_as_it_is()
    {
        var heard = HandledControls.Add(
            [],
            new Asking(Guid.CreateVersion7(), DateTimeOffset.UtcNow.AddHours(-1))
        )!;
        var cancel = new CancelRotation(Rotation, "ann");

        Assert.That(HandledControls.After(cancel, heard), Is.SameAs(cancel));
        Assert.That(HandledControls.After(cancel, []), Is.SameAs(cancel));
    }
}
