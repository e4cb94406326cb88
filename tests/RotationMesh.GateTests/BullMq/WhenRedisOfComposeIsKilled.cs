using RotationMesh.Core.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Redis of compose/ keeps jobs on disk. It reads them again under the default user, whose rights count then.</summary>
public sealed class WhenRedisOfComposeIsKilled
{
    [Test]
    public async Task Its_queue_is_still_paused_and_no_job_of_it_is_lost()
    {
        await using var redis = await ComposeRedis.StartAsync();
        await using (var before = BullMqApplication.Start(Versions.All[^2], redis.Url("application"), "bull"))
        {
            await before.CreateAsync(QueueFixture.Queue);
            await using var gate = new BullMqGate(QueueFixture.Entry(redis.Url("coordinator"), "bull"));
            await gate.PauseAsync(QueueFixture.Queue, CancellationToken.None);
            await before.AddAsync(QueueFixture.Queue, new Job("a"), new Job("b"));
        }

        await redis.Server.StopAsync();
        await redis.Server.StartAgainAsync();

        await using var again = new BullMqGate(QueueFixture.Entry(redis.Url("coordinator"), "bull"));
        var paused = await again.CheckAsync(new GateOccasion(), CancellationToken.None);
        await again.ResumeAsync(QueueFixture.Queue, CancellationToken.None);
        await using var after = BullMqApplication.Start(Versions.All[^2], redis.Url("application"), "bull");
        await after.WorkAsync(QueueFixture.Queue);
        await Eventually.Holds(
            () => Task.FromResult(after.Ended.Order().SequenceEqual(["a", "b"])),
            TimeSpan.FromMinutes(1),
            "both jobs run"
        );
        Assert.That(paused.Holds, Is.True, $"{paused}");
    }
}
