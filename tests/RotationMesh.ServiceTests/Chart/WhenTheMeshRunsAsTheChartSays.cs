using System.Diagnostics;
using k8s.Models;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>The programs, with the variables and files that the pods of the chart have.</summary>
[Parallelizable(ParallelScope.All)] // two of them wait for batches
public sealed class WhenTheMeshRunsAsTheChartSays
{
    [Test]
    public async Task Its_job_rotates_and_the_services_answer_the_probes()
    {
        var chart = await RenderedChart.OfAsync("job");
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        using var forCoordinator = new MountedPod(chart.Pod("coordinator"), fixture);
        using var forWorker = new MountedPod(chart.Pod("worker"), fixture);
        var coordinator = await fixture.StartCoordinator(forCoordinator.Variables).JoinedAsync();
        var worker = await fixture.StartWorker(forWorker.Variables).JoinedAsync();
        await AnswersAsync(coordinator, forCoordinator.Pod);
        await AnswersAsync(worker, forWorker.Pod);

        var job = chart.All<V1Job>().Single().Spec.Template.Spec.Containers.Single();
        using var asking = new MountedPod(chart.Pod("cli"), fixture, await coordinator.AddressAsync());
        var uid = $"{Guid.NewGuid()}"; // a label of each pod of the Job
        var pod = fixture.Command(
            Artifacts.RotationMesh,
            [.. job.Args.Select(argument => argument.Replace("$(JOB_UID)", uid, StringComparison.Ordinal))],
            asking.Variables
        );
        var first = await pod.RunAsync(ServiceRun.Deadline);
        var second = await pod.RunAsync(ServiceRun.Deadline);

        first.Exits(0);
        Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        Assert.That(second.Exits(0).Error, Does.Contain($"Rotation {uid} was asked for before"));
        Assert.That(
            (await fixture.Rotations.ListAsync(CancellationToken.None)).Rotations.Select(rotation =>
                $"{rotation.RotationId}"
            ),
            Is.EqualTo([uid])
        );
        Assert.That(
            job.Env.Single(variable => variable.Name == "JOB_UID").ValueFrom.FieldRef.FieldPath,
            Is.EqualTo("metadata.labels['batch.kubernetes.io/controller-uid']")
        );
    }

    [Test]
    public async Task Workers_are_scaled_by_the_queues_that_they_take_partitions_from()
    {
        var chart = await RenderedChart.OfAsync("keda");
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        using var pod = new MountedPod(chart.Pod("worker"), fixture);
        await fixture.StartWorker(pod.Variables).JoinedAsync();

        var queues = (await fixture.Broker.ConsumersAsync())
            .Where(queue => queue.Value > 0)
            .Select(queue => queue.Key);

        Assert.That(
            chart.All<ScaledObject>().Single().Spec.Triggers.Select(trigger => trigger.Metadata["queueName"]),
            Is.EquivalentTo(queues)
        );
    }

    [Test]
    public async Task A_worker_writes_a_long_batch_and_gives_the_rest_back_before_it_would_be_killed()
    {
        var chart = await RenderedChart.OfAsync("default");
        await using var fixture = await Fixture.LoadAsync(rows: 5_000);
        using var pod = new MountedPod(chart.Pod("worker"), fixture);
        await fixture.StartCoordinator().JoinedAsync();
        var worker = await fixture.StartWorker(pod.Variables).JoinedAsync();
        await fixture.SlowDownAsync(TimeSpan.FromSeconds(6)); // and another batch may be read already
        var rotation = await fixture.RotateAsync();
        await IsInABatchAsync(fixture);
        var before = await EntriesAsync(fixture);

        var (exitCode, time) = await StopAsync(worker);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(time, Is.LessThan(pod.GracePeriod));
            Assert.That(await EntriesAsync(fixture), Is.GreaterThan(before), "the batch in hand is written");
        }

        await fixture.SpeedUpAsync();
        await fixture.StartWorker(pod.Variables).JoinedAsync();
        await IsCompletedAsync(fixture, rotation);
        Assert.That(await ExpiriesAsync(fixture), Is.Zero);
    }

    [Test]
    public async Task A_worker_in_the_longest_batch_gives_its_partitions_back_before_it_would_be_killed()
    {
        var chart = await RenderedChart.OfAsync("default");
        await using var fixture = await Fixture.LoadAsync(rows: 1_000);
        using var pod = new MountedPod(chart.Pod("worker"), fixture);
        await fixture.StartCoordinator().JoinedAsync();
        var worker = await fixture.StartWorker(pod.Variables).JoinedAsync();
        await fixture.SlowDownAsync(TimeSpan.FromHours(1)); // until the statement is ended, which is the longest of batches
        var rotation = await fixture.RotateAsync();
        await IsInABatchAsync(fixture);

        var (exitCode, time) = await StopAsync(worker);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(time, Is.LessThan(pod.GracePeriod));
        }

        await fixture.SpeedUpAsync();
        await fixture.StartWorker(pod.Variables).JoinedAsync();
        await IsCompletedAsync(fixture, rotation);
        Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        Assert.That(await ExpiriesAsync(fixture), Is.Zero);
    }

    private static async Task AnswersAsync(ServiceRun service, RenderedPod pod)
    {
        const string Health = "/health/";
        var container = pod.Container;
        foreach (
            var probe in (V1Probe[])
                [container.StartupProbe, container.LivenessProbe, container.ReadinessProbe]
        )
        {
            Assert.That(probe.HttpGet.Path, Does.StartWith(Health), pod.Owner);
            Assert.That(probe.HttpGet.Port.Value, Is.EqualTo(container.Ports.Single().Name), pod.Owner);
            Assert.That(
                await service.HealthAsync(probe.HttpGet.Path[Health.Length..]),
                Is.EqualTo(200),
                pod.Owner
            );
        }
    }

    private static async Task<(int ExitCode, TimeSpan Time)> StopAsync(ServiceRun service)
    {
        var begun = Stopwatch.GetTimestamp();
        var exitCode = await service.StopAsync();
        return (exitCode, Stopwatch.GetElapsedTime(begun));
    }

    private static Task IsInABatchAsync(Fixture fixture) =>
        Eventually.Holds(
            async () =>
                await fixture.Database.ScalarAsync<long>(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep'
                    """
                ) > 0,
            ServiceRun.Deadline,
            "a batch is under way"
        );

    // A lease may have to end first.
    private static Task IsCompletedAsync(Fixture fixture, Guid rotation) =>
        Eventually.Holds(
            async () => (await fixture.NowAsync(rotation)).State == "Completed",
            ServiceRun.Deadline,
            "the rotation is completed"
        );

    // A partition that nobody gave back waits for its lease.
    private static Task<long> ExpiriesAsync(Fixture fixture) =>
        fixture.Database.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.partitions WHERE expiries > 0");

    private static Task<long> EntriesAsync(Fixture fixture) =>
        fixture.Database.ScalarAsync<long>(
            "SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = 2"
        );
}
