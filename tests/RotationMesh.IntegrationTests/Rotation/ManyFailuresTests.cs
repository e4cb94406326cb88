using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rewriting;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Verification;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A partition of which every row fails.</summary>
public sealed class ManyFailuresTests
{
    private const int Rows = 3200;
    private const int AtOnce = 500;

    [TestCase(false)]
    [TestCase(true)]
    public async Task They_are_told_some_hundreds_at_a_time_and_each_once(bool verifying)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(Rows).Select(note => note with { Body = "damaged" }));
        var target = (await fixture.TargetsAsync()).Single();
        var range = PartitionRange.Of(target.Entry, target.Shape.Leaves.Single().Name);
        var told = new List<IReadOnlyList<RowFailure>>();
        Task HearAsync(IReadOnlyList<RowFailure> rows)
        {
            told.Add(rows);
            return Task.CompletedTask;
        }

        using var rotator = new PartitionRotator(
            fixture.Databases,
            fixture.Ring,
            new RotationSettings(new RotationTarget(2, false), 1000, false),
            _ => { }
        );
        using var verifier = new PartitionVerifier(fixture.Databases, fixture.Ring);
        var failed = verifying
            ? (await verifier.VerifyAsync(target, range, 1, null, _ => { }, HearAsync, default)).Counts.Failed
            : (await rotator.RotateAsync(target, range, Terms.Long, 1, HearAsync, default)).Counts.Failed;

        Assert.That(failed, Is.EqualTo(Rows));
        Assert.That(told.Select(rows => rows.Count), Is.All.LessThanOrEqualTo(AtOnce));
        Assert.That(
            told.SelectMany(rows => rows).Select(row => row.Key.Single().Value).Distinct().Count(),
            Is.EqualTo(Rows)
        );
    }
}
