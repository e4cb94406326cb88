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
        await using var stage = await QueueStage.CreateAsync(version);
        await stage.Application.WorkAsync(QueueStage.Queue);
        await stage.Application.AddAsync(
            QueueStage.Queue,
            new Job("later", Delay: 1_500),
            new Job("sooner", Delay: 1_000)
        );

        await stage.PauseAsync();
        await stage.ResumeAsync();

        await UntilStartedAsync(stage, 2);
        Assert.That(stage.Application.Started, Is.EqualTo(["sooner", "later"]));
    }

    [Test]
    public async Task What_is_as_it_should_be_is_left_alone(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        await using var stage = await QueueStage.CreateAsync(version);
        await stage.Application.AddAsync(QueueStage.Queue, new Job("a"), new Job("b"));

        Assert.That(await stage.ResumeAsync(), Is.False);
        Assert.That(await stage.PauseAsync(), Is.True);
        Assert.That(await stage.PauseAsync(), Is.False);
        await stage.Application.ResumeAsync(QueueStage.Queue);
        Assert.That(await stage.ResumeAsync(), Is.False);
        await stage.Application.PauseAsync(QueueStage.Queue);
        Assert.That(await stage.PauseAsync(), Is.False);
        Assert.That(await stage.ResumeAsync(), Is.True);

        await stage.Application.WorkAsync(QueueStage.Queue);
        await UntilStartedAsync(stage, 2);
        Assert.That(stage.Application.Started, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Jobs_that_another_version_left_in_the_other_list_run_too_the_older_ones_first()
    {
        await using var stage = await QueueStage.CreateAsync("5.63.0");
        await using var newer = BullMqApplication.Start("6.7.0", stage.Url, stage.Prefix);
        await stage.Application.AddAsync(QueueStage.Queue, new Job("older-1"), new Job("older-2"));
        await stage.PauseAsync();
        await newer.AddAsync(QueueStage.Queue, new Job("newer-1"), new Job("newer-2"));

        await stage.ResumeAsync();
        await stage.Application.WorkAsync(QueueStage.Queue);

        await UntilStartedAsync(stage, 4);
        Assert.That(stage.Application.Started, Is.EqualTo(["older-1", "older-2", "newer-1", "newer-2"]));
    }

    [Test]
    public async Task Under_load_every_job_starts_once_and_none_while_the_queue_is_paused(
        [ValueSource(typeof(Versions), nameof(Versions.All))] string version
    )
    {
        const int jobs = 500;
        await using var stage = await QueueStage.CreateAsync(version);
        await using var second = BullMqApplication.Start(version, stage.Url, stage.Prefix);
        await stage.Application.WorkAsync(QueueStage.Queue, concurrency: 4);
        await second.WorkAsync(QueueStage.Queue, concurrency: 4);
        var load = second.LoadAsync(QueueStage.Queue, jobs, ms: 5);
        var all = () => stage.Application.Started.Concat(second.Started).ToList();

        for (var turn = 0; !load.IsCompleted || all().Count < jobs; turn++)
        {
            await (turn % 2 == 0 ? stage.PauseAsync() : stage.Application.PauseAsync(QueueStage.Queue));
            await Eventually.Holds(async () => (await stage.LookAsync()).Holds, Deadline, "it is idle");
            // Both processes have said what they started before they answer a question.
            await stage.Application.CountsAsync(QueueStage.Queue);
            await second.CountsAsync(QueueStage.Queue);
            var before = all().Count;
            await stage.Application.CountsAsync(QueueStage.Queue);
            await second.CountsAsync(QueueStage.Queue);
            Assert.That(all(), Has.Count.EqualTo(before), "a job started while the queue was paused");
            await (turn % 3 == 0 ? stage.Application.ResumeAsync(QueueStage.Queue) : stage.ResumeAsync());
            var goal = Math.Min(jobs, before + 40);
            await Eventually.Holds(
                () => Task.FromResult(all().Count >= goal || (!load.IsCompleted && all().Count > before)),
                Deadline,
                "jobs start again"
            );
        }

        await load;
        Assert.That(all(), Is.Unique.And.Count.EqualTo(jobs));
        Assert.That((await stage.Application.CountsAsync(QueueStage.Queue))["failed"], Is.Zero);
    }

    // Waiting, prioritized and delayed jobs before the pause; more of each, and a worker, during it.
    private static async Task<IReadOnlyList<string>> OrderAsync(
        string version,
        bool pauseByUs,
        bool resumeByUs
    )
    {
        await using var stage = await QueueStage.CreateAsync(version);
        await stage.Application.AddAsync(QueueStage.Queue, [.. Jobs("before")]);
        if (pauseByUs)
            Assert.That(await stage.PauseAsync(), Is.True);
        else
            await stage.Application.PauseAsync(QueueStage.Queue);
        await stage.Application.AddAsync(QueueStage.Queue, [.. Jobs("during")]);
        await stage.Application.WorkAsync(QueueStage.Queue);
        Assert.That(stage.Application.Started, Is.Empty);
        if (resumeByUs)
            Assert.That(await stage.ResumeAsync(), Is.True);
        else
            await stage.Application.ResumeAsync(QueueStage.Queue);
        await UntilStartedAsync(stage, 2 * Jobs("").Count());
        var counts = await stage.Application.CountsAsync(QueueStage.Queue);
        Assert.That(counts["waiting"] + counts["delayed"] + counts["prioritized"], Is.Zero);
        return stage.Application.Started;
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

    private static Task UntilStartedAsync(QueueStage stage, int count) =>
        Eventually.Holds(
            () => Task.FromResult(stage.Application.Started.Count >= count),
            Deadline,
            $"{count} jobs start"
        );
}
