using RotationMesh.Control.Ledger;

namespace RotationMesh.IntegrationTests.Ledger;

[TestFixture]
internal sealed class WhenPartitionsFail
{
    [Test]
    public async Task The_commonest_cause_is_told_in_words()
    {
        await using var scene = await LedgerScene.CreateAsync();
        await scene.PlanAsync(3);
        var taken = await scene.TakeAsync();
        var errors = new PartitionErrors(scene.Control);

        Assert.That(await errors.OfFailedAsync(scene.RotationId, CancellationToken.None), Is.Null);
        await scene.Settlement.SettleAsync(
            [taken[0].Failed(), taken[1].Failed(), taken[2].Stumbled()],
            CancellationToken.None
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                await errors.OfFailedAsync(scene.RotationId, CancellationToken.None),
                Is.EqualTo("a table of the map is gone (SQLSTATE 42P01)")
            );
            Assert.That(
                await errors.OfPendingAsync(scene.RotationId, CancellationToken.None),
                Is.EqualTo("SQLSTATE 57P01")
            );
        }
    }
}
