using System.Collections.Concurrent;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>A queue that we paused and resumed behaves for BullMQ as if it had done that itself.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)] // they wait most of their time
public sealed class WhenQueuesArePausedAndResumed
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<string>>>> Own = new();

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Jobs_run_once_and_in_the_order_of_BullMQ_s_own_pause(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version,
        [Values] bool pauseByUs,
        [Values] bool resumeByUs
    )
    {
        var own = await Own.GetOrAdd(
            version,
            _ => new(() => OrderAsync(version, pauseByUs: false, resumeByUs: false))
        ).Value;

        var ours = await OrderAsync(version, pauseByUs, resumeByUs);

        Assert.That(ours, Is.EqualTo(own));
        Assert.That(ours, Is.Unique);
    }

    [Test]
    public async Task Delayed_jobs_that_fall_due_later_run_after_a_resume_of_an_empty_queue(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        await using var fixture = await QueueFixture.CreateAsync(version);
        await fixture.Application.WorkAsync(QueueFixture.Queue);
        await fixture.Application.AddAsync(
            QueueFixture.Queue,
            new Job("later", Delay: 1_500),
            new Job("sooner", Delay: 1_000)
        );

        await fixture.PauseAsync();
        await fixture.ResumeAsync();

        await UntilStartedAsync(fixture, 2);
        Assert.That(fixture.Application.Started, Is.EqualTo(["sooner", "later"]));
    }

    [Test]
    public async Task What_is_as_it_should_be_is_left_alone(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        await using var fixture = await QueueFixture.CreateAsync(version);
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("a"), new Job("b"));

        Assert.That(await fixture.ResumeAsync(), Is.False);
        Assert.That(await fixture.PauseAsync(), Is.True);
        Assert.That(await fixture.PauseAsync(), Is.False);
        await fixture.Application.ResumeAsync(QueueFixture.Queue);
        Assert.That(await fixture.ResumeAsync(), Is.False);
        await fixture.Application.PauseAsync(QueueFixture.Queue);
        Assert.That(await fixture.PauseAsync(), Is.False);
        Assert.That(await fixture.ResumeAsync(), Is.True);

        await fixture.Application.WorkAsync(QueueFixture.Queue);
        await UntilStartedAsync(fixture, 2);
        Assert.That(fixture.Application.Started, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Jobs_that_another_version_left_in_the_other_list_run_too_the_older_ones_first()
    {
        await using var fixture = await QueueFixture.CreateAsync("5.63.0");
        await using var newer = BullMqApplication.Start("6.7.0", fixture.Url, fixture.Prefix);
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("older-1"), new Job("older-2"));
        await fixture.PauseAsync();
        await newer.AddAsync(QueueFixture.Queue, new Job("newer-1"), new Job("newer-2"));

        await fixture.ResumeAsync();
        await fixture.Application.WorkAsync(QueueFixture.Queue);

        await UntilStartedAsync(fixture, 4);
        Assert.That(fixture.Application.Started, Is.EqualTo(["older-1", "older-2", "newer-1", "newer-2"]));
    }

    [Test]
    public async Task Under_load_every_job_starts_once_and_none_while_the_queue_is_paused(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        const int jobs = 500;
        await using var fixture = await QueueFixture.CreateAsync(version);
        await using var second = BullMqApplication.Start(version, fixture.Url, fixture.Prefix);
        await fixture.Application.WorkAsync(QueueFixture.Queue, concurrency: 4);
        await second.WorkAsync(QueueFixture.Queue, concurrency: 4);
        var load = second.LoadAsync(QueueFixture.Queue, jobs, ms: 5);
        var all = () => fixture.Application.Started.Concat(second.Started).ToList();

        for (var turn = 0; !load.IsCompleted || all().Count < jobs; turn++)
        {
            await (turn % 2 == 0 ? fixture.PauseAsync() : fixture.Application.PauseAsync(QueueFixture.Queue));
            await Eventually.Holds(async () => (await fixture.LookAsync()).Holds, Deadline, "it is idle");
            // Both processes have said what they started before they answer a question.
            await fixture.Application.CountsAsync(QueueFixture.Queue);
            await second.CountsAsync(QueueFixture.Queue);
            var before = all().Count;
            await fixture.Application.CountsAsync(QueueFixture.Queue);
            await second.CountsAsync(QueueFixture.Queue);
            Assert.That(all(), Has.Count.EqualTo(before), "a job started while the queue was paused");
            await (
                turn % 3 == 0 ? fixture.Application.ResumeAsync(QueueFixture.Queue) : fixture.ResumeAsync()
            );
            var goal = Math.Min(jobs, before + 40);
            await Eventually.Holds(
                () => Task.FromResult(all().Count >= goal || (!load.IsCompleted && all().Count > before)),
                Deadline,
                "jobs start again"
            );
        }

        await load;
        Assert.That(all(), Is.Unique.And.Count.EqualTo(jobs));
        Assert.That((await fixture.Application.CountsAsync(QueueFixture.Queue))["failed"], Is.Zero);
    }

    // Waiting, prioritized and delayed jobs before the pause; more of each, and a worker, during it.
    private static async Task<IReadOnlyList<string>> OrderAsync(
        string version,
        bool pauseByUs,
        bool resumeByUs
    )
    {
        await using var fixture = await QueueFixture.CreateAsync(version);
        await fixture.Application.AddAsync(QueueFixture.Queue, [.. Jobs("before")]);
        if (pauseByUs)
            Assert.That(await fixture.PauseAsync(), Is.True);
        else
            await fixture.Application.PauseAsync(QueueFixture.Queue);
        await fixture.Application.AddAsync(QueueFixture.Queue, [.. Jobs("during")]);
        await fixture.Application.WorkAsync(QueueFixture.Queue);
        Assert.That(fixture.Application.Started, Is.Empty);
        if (resumeByUs)
            Assert.That(await fixture.ResumeAsync(), Is.True);
        else
            await fixture.Application.ResumeAsync(QueueFixture.Queue);
        await UntilStartedAsync(fixture, 2 * Jobs("").Count());
        var counts = await fixture.Application.CountsAsync(QueueFixture.Queue);
        Assert.That(counts["waiting"] + counts["delayed"] + counts["prioritized"], Is.Zero);
        return fixture.Application.Started;
    }

    private static IEnumerable<Job> Jobs(string when)
    {
        for (var i = 0; i < 8; i++)
            yield return new Job($"{when}-waiting-{i}");
        for (var i = 0; i < 4; i++)
            yield return new Job($"{when}-prioritized-{i}", Priority: 4 - i);
        // Far enough behind the others that the order does not hang on how fast those run.
        for (var i = 0; i < 2; i++)
            yield return new Job($"{when}-delayed-{i}", Delay: (when == "before" ? 3_000 : 4_000) + 300 * i);
    }

    private static Task UntilStartedAsync(QueueFixture fixture, int count) =>
        Eventually.Holds(
            () => Task.FromResult(fixture.Application.Started.Count >= count),
            Deadline,
            $"{count} jobs start"
        );
}
