using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A leaf of which a sample of the pages is verified.</summary>
public sealed class SampledPagesTests
{
    private const int Rows = 3000;

    [TestCase(1e-7)]
    [TestCase(0.5)]
    public async Task However_small_the_share_some_pages_are_read(double share)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows));
        var target = (await fixture.TargetsAsync()).Single();
        var leaf = PartitionRange.Of(target.Entry, target.Shape.Leaves.Single().Name);
        using var verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);

        var outcome = await verifier.VerifyAsync(
            target,
            leaf,
            1,
            share,
            _ => { },
            _ => Task.CompletedTask,
            CancellationToken.None
        );

        Assert.That(outcome.Counts.Verified, Is.GreaterThan(0).And.LessThanOrEqualTo(Rows));
    }
}
