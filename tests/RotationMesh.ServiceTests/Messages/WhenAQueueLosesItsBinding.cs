namespace RotationMesh.ServiceTests.Messages;

/// <summary>A queue that is deleted may be declared again, without its binding, before whoever binds it notices.</summary>
public sealed class WhenAQueueLosesItsBinding
{
    [Test]
    public async Task The_coordinator_binds_it_again_and_a_rotation_completes()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 200);
        await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        await using (var connection = await fixture.Broker.ConnectAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            foreach (var queue in new[] { "rotationmesh-rotate-partition", "rotationmesh-verify-partition" })
                await channel.QueueUnbindAsync(queue, queue, "");
        }

        var ended = await fixture.EndAsync(await fixture.RotateAsync());

        Assert.That(ended.State, Is.EqualTo("Completed"));
    }
}
