using System.Diagnostics;
using RotationMesh.Core.Gates;
using RotationMesh.Gates;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.GateTests.BullMq;

public sealed class WhenTheGateIsAsked
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Test]
    public async Task A_queue_that_is_not_paused_does_not_hold_and_waiting_is_pointless()
    {
        await using var fixture = await QueueFixture.CreateAsync(Versions.Usual);

        var verdict = await fixture.LookAsync();

        Assert.That(verdict.Holds, Is.False);
        Assert.That(verdict.Reason, Is.EqualTo("not paused: sync-connector"));
        Assert.That(verdict.Fix, Does.Contain("workers pause"));
        Assert.That(verdict.DrainTimeout, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_paused_and_idle_queue_holds_whoever_paused_it(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        await using var fixture = await QueueFixture.CreateAsync(version);

        await fixture.Application.PauseAsync(QueueFixture.Queue);
        Assert.That(await fixture.LookAsync(), Has.Property("Holds").True);

        await fixture.Application.ResumeAsync(QueueFixture.Queue);
        Assert.That(await fixture.LookAsync(), Has.Property("Holds").False);

        await fixture.PauseAsync();
        Assert.That(await fixture.LookAsync(), Has.Property("Holds").True);
    }

    [Test]
    public async Task A_paused_queue_whose_job_runs_is_waited_for_until_the_job_ends()
    {
        await using var fixture = await QueueFixture.CreateAsync(Versions.Usual);
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("long", Ms: 3_000));
        await fixture.Application.WorkAsync(QueueFixture.Queue);
        await UntilAsync(() => fixture.Application.Started.Count == 1, "the job runs");
        await fixture.PauseAsync();

        var verdict = await fixture.LookAsync();
        Assert.That(verdict.Holds, Is.False);
        Assert.That(verdict.Reason, Does.Contain("jobs still run: sync-connector (1)"));

        await using var gates = Set(fixture, "30s");
        var waitedFor = new List<GateVerdict>();
        var verdicts = await gates.AwaitAsync(
            new GateOccasion(),
            GateNames.Of([], []),
            waitedFor.Add,
            CancellationToken.None
        );

        Assert.That(verdicts, Has.All.Property("Holds").True);
        Assert.That(fixture.Application.Ended, Is.EqualTo(["long"]));
        Assert.That(waitedFor, Is.Not.Empty);
    }

    [Test]
    public async Task Waiting_ends_with_the_drain_timeout()
    {
        await using var fixture = await QueueFixture.CreateAsync(Versions.Usual);
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("long", Ms: 600_000));
        await fixture.Application.WorkAsync(QueueFixture.Queue);
        await UntilAsync(() => fixture.Application.Started.Count == 1, "the job runs");
        await fixture.PauseAsync();

        var clock = Stopwatch.StartNew();
        await using var gates = Set(fixture, "1s");
        var verdicts = await gates.AwaitAsync(
            new GateOccasion(),
            GateNames.Of([], []),
            _ => { },
            CancellationToken.None
        );

        Assert.That(verdicts.Single().Holds, Is.False);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromMinutes(5)));
    }

    [Test]
    public async Task The_orphan_of_a_killed_worker_is_no_running_job()
    {
        await using var fixture = await QueueFixture.CreateAsync(Versions.Usual);
        await using var killed = BullMqApplication.Start(Versions.Usual, fixture.Url, fixture.Prefix);
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("orphan", Ms: 60_000));
        await killed.WorkAsync(QueueFixture.Queue, lockDuration: 2_000);
        await UntilAsync(() => killed.Started.Count == 1, "the job runs");
        await fixture.PauseAsync();
        Assert.That((await fixture.LookAsync()).Reason, Does.Contain("jobs still run"));

        await killed.KillAsync();

        await Eventually.Holds(async () => (await fixture.LookAsync()).Holds, Deadline, "the lock runs out");
        Assert.That((await fixture.Application.CountsAsync(QueueFixture.Queue))["active"], Is.EqualTo(1));
    }

    [Test]
    public async Task A_queue_that_does_not_exist_does_not_hold_and_is_not_made_by_pausing_it()
    {
        await using var fixture = await QueueFixture.CreateAsync(Versions.Usual);
        await using var other = new Gates.BullMq.BullMqGate(
            QueueFixture.Entry(fixture.Url, fixture.Prefix) with
            {
                Queues = ["sync-conector"],
            }
        );

        Assert.That(
            (await other.CheckAsync(new GateOccasion(), CancellationToken.None)).Reason,
            Does.Contain($"there is no queue sync-conector with the prefix {fixture.Prefix}")
        );
        Assert.That(
            () => other.PauseAsync("sync-conector", CancellationToken.None),
            Throws.TypeOf<GateUnreadableException>()
        );
        Assert.That((await other.LookAsync(CancellationToken.None)).Single().Exists, Is.False);
    }

    private static Task UntilAsync(Func<bool> condition, string what) =>
        Eventually.Holds(() => Task.FromResult(condition()), Deadline, what);

    private static GateSet Set(QueueFixture fixture, string drainTimeout) =>
        GateSet.Of(
            Maps.With(
                $"workers: [{{ bullmq: {{ redis: \"{fixture.Url}\", prefix: {fixture.Prefix}, queues: [{QueueFixture.Queue}], drainTimeout: {drainTimeout} }} }}]"
            ),
            [new GateKinds(TimeProvider.System)],
            TimeProvider.System
        );
}
