namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>
/// A coordinator goes on in a queue from where it was. What another gave back before that place, when its transaction
/// was rolled back, must be found nevertheless.
/// </summary>
public sealed class WhenPartitionsLieBehindTheMark
{
    [Test]
    public async Task They_are_taken_when_the_mark_is_forgotten()
    {
        await using var scene = await LedgerScene.CreateAsync();
        await scene.PlanAsync(5);
        var time = new HandSetTime();
        var dispatch = scene.Dispatch(time);
        Assert.That(await TakeAsync(), Is.EqualTo(3));
        await scene.ExecuteAsync(
            """
            UPDATE rotationmesh.partitions SET state = 'pending', lease_until = NULL, write_until = NULL
            WHERE state = 'dispatched'
            """
        );

        Assert.That(await TakeAsync(), Is.EqualTo(2));
        Assert.That(await TakeAsync(), Is.Zero);
        time.Now += TimeSpan.FromSeconds(10);
        Assert.That(await TakeAsync(), Is.EqualTo(1));
        Assert.That(await TakeAsync(6), Is.EqualTo(2));

        async Task<int> TakeAsync(int window = 3)
        {
            var taken = await dispatch.TakeAsync(
                [scene.RotationId],
                LedgerScene.Window(window),
                _ => Task.CompletedTask,
                CancellationToken.None
            );
            return taken.Count;
        }
    }

    private sealed class HandSetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
