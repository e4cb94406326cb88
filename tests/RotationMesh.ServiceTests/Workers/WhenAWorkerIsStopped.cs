namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerIsStopped
{
    [Test]
    public async Task It_ends_with_the_batch_in_hand_and_another_does_the_rest()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 60_000);
        await fixture.StartCoordinator().JoinedAsync();
        var first = await fixture.StartWorker().JoinedAsync();
        var rotation = await fixture.RotateAsync();
        await TestKit.Eventually.Holds(
            async () => await fixture.AtVersionAsync(2) > 0,
            ServiceRun.Deadline,
            "rows are being written"
        );

        Assert.That(await first.StopAsync(), Is.Zero);
        var left = await fixture.AtVersionAsync(1);
        var second = await fixture.StartWorker().JoinedAsync();
        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.Positive, "it was stopped too late to say anything");
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await fixture.DoneByAsync(second), Is.Positive);
            // Returned partitions go to the next worker; those that nobody returns wait for their lease, a minute.
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE expiries > 0"
                ),
                Is.Zero
            );
        }
    }
}
