namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerIsStopped
{
    [Test]
    public async Task It_ends_with_the_batch_in_hand_and_another_does_the_rest()
    {
        await using var stage = await Stage.LoadAsync(rows: 60_000);
        await stage.StartCoordinator().JoinedAsync();
        var first = await stage.StartWorker().JoinedAsync();
        var rotation = await stage.RotateAsync();
        await TestKit.Eventually.Holds(
            async () => await stage.AtVersionAsync(2) > 0,
            ServiceRun.Deadline,
            "rows are being written"
        );

        Assert.That(await first.StopAsync(), Is.Zero);
        var left = await stage.AtVersionAsync(1);
        var second = await stage.StartWorker().JoinedAsync();
        var ended = await stage.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.Positive, "it was stopped too late to say anything");
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await stage.DoneByAsync(second), Is.Positive);
            // Returned partitions go to the next worker; those that nobody returns wait for their lease, a minute.
            Assert.That(
                await stage.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE expiries > 0"
                ),
                Is.Zero
            );
        }
    }
}
