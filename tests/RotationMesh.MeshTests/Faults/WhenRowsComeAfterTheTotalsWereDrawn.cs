using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Closing;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

/// <summary>Clean totals rest on a count that found nothing, and not on the census of the sweep, which may have left rows.</summary>
[TestFixture]
internal sealed class WhenRowsComeAfterTheTotalsWereDrawn
{
    private static readonly ClosingCensus[] Censuses =
    [
        new()
        {
            Sweep = 1,
            PendingRows = 0,
            BelowTarget = 5,
        },
        new()
        {
            Sweep = 1,
            PendingRows = 0,
            GivenUp = "1 partition was given up",
        },
    ];

    [TestCaseSource(nameof(Censuses))]
    public async Task The_next_count_does_not_bear_them_out(ClosingCensus census)
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 60, Tenants = 3 });
        var goal = new RotationGoal
        {
            Scopes = [.. world.Parts.Map.Scopes.Select(scope => scope.Name)],
            Tenants = [],
            TargetVersion = 1,
            MapHash = "",
            TargetFingerprint = "",
        };
        var first = new LastCount(await CountAsync(), census, goal);

        await world.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET encryption_key_version = 2 WHERE id = (SELECT min(id) FROM knowledge_entries)"
        );
        var second = new LastCount(await CountAsync(), census, goal);
        var attached = first with
        {
            Survey = first.Survey with { ChangedTables = [first.Survey.Tables[0].Name] },
        };

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.IsClean, Is.True);
            Assert.That((second.IsClean, second.RowsCameLate), Is.EqualTo((false, false)));
            Assert.That(attached.IsClean, Is.False);
            Assert.That(attached.Doubts.Single(), Does.Contain(Reasons.LeafChanged));
        }

        Task<Survey> CountAsync() =>
            new Surveyor(world.Parts.Map, world.Parts.Databases, world.Parts.Schema).CountAsync(
                goal,
                closing: null,
                CancellationToken.None,
                isLast: true
            );
    }
}
