using System.Diagnostics;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Starting;

/// <summary>What services take that wait for work, as <c>make build</c> publishes them.</summary>
[Platform("Linux")]
public sealed class WhenServicesAreIdle
{
    private const double MostOfAWorker = 140;
    private const double MostOfACoordinator = 200;

    /// <summary>Megabytes of growth that are no more than what a heartbeat leaves behind.</summary>
    private const double Little = 2;

    /// <summary>Time without growth: longer than the pause between two heartbeats of a worker, 10 seconds.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Test]
    public async Task They_take_no_more_than_the_figures_say()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 1000);
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        var worker = await fixture.StartWorker().JoinedAsync();
        await coordinator.IsReadyAsync(ServiceRun.Deadline);
        await worker.IsReadyAsync(ServiceRun.Deadline);
        await Eventually.Holds(
            async () =>
                await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.workers") > 0,
            ServiceRun.Deadline,
            "the coordinator has heard of the worker"
        );

        await Task.WhenAll(HasSettledAsync(coordinator), HasSettledAsync(worker));
        var (ofWorker, ofCoordinator) = (worker.Resident, coordinator.Resident);

        await TestContext.Out.WriteLineAsync(
            $"idle: worker {ofWorker:0.0} MB, coordinator {ofCoordinator:0.0} MB"
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ofWorker, Is.LessThanOrEqualTo(MostOfAWorker));
            Assert.That(ofCoordinator, Is.LessThanOrEqualTo(MostOfACoordinator));
        }
    }

    private static Task HasSettledAsync(ServiceRun service)
    {
        var (highest, since) = (0.0, Stopwatch.GetTimestamp());
        return Eventually.Holds(
            () =>
            {
                var now = service.Resident;
                if (now > highest + Little)
                    (highest, since) = (now, Stopwatch.GetTimestamp());
                return Task.FromResult(Stopwatch.GetElapsedTime(since) > Quiet);
            },
            Deadline,
            "its memory grows no more"
        );
    }
}
