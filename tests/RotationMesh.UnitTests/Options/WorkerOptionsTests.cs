using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Operations;
using RotationMesh.Working;

namespace RotationMesh.UnitTests.Options;

public sealed class WorkerOptionsTests
{
    private static readonly TimeSpan Negative = TimeSpan.FromTicks(-1);

    private static IEnumerable<WorkerOptions> Valid() =>
        [
            new(),
            new() { Concurrency = 1, Ahead = 0 },
            new() { Concurrency = WorkerOptions.MaxConcurrency },
            new() { RefusalPause = TimeSpan.Zero },
        ];

    private static IEnumerable<TestCaseData> Invalid() =>
        [
            new(new WorkerOptions { Concurrency = 0 }, "Concurrency"),
            new(new WorkerOptions { Concurrency = WorkerOptions.MaxConcurrency + 1 }, "Concurrency"),
            new(new WorkerOptions { Ahead = -1 }, "Ahead"),
            new(new WorkerOptions { Heartbeat = TimeSpan.Zero }, "Heartbeat"),
            new(new WorkerOptions { RefusalPause = Negative }, "RefusalPause"),
            new(new WorkerOptions { LongestAttempt = TimeSpan.Zero }, "LongestAttempt"),
        ];

    [TestCaseSource(nameof(Valid))]
    public void What_a_worker_can_work_by_is_accepted(WorkerOptions options) =>
        Assert.That(options.EnsureValid, Throws.Nothing);

    [TestCaseSource(nameof(Invalid))]
    public void What_it_cannot_is_refused_by_name(WorkerOptions options, string name) =>
        Assert.That(
            options.EnsureValid,
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name)
        );

    [Test]
    public void A_worker_has_a_name() =>
        Assert.That(
            new WorkerOptions { Name = " " }.EnsureValid,
            Throws.ArgumentException.With.Property("ParamName").EqualTo("Name")
        );

    [Test]
    public void No_worker_is_composed_of_what_is_refused() =>
        Assert.That(
            () =>
                new ServiceCollection().AddMassTransit(bus =>
                    bus.AddWorker(new WorkerOptions { Concurrency = 0 })
                ),
            Throws.TypeOf<ArgumentOutOfRangeException>()
        );

    [Test]
    public void A_worker_in_this_process_runs_as_many_partitions_as_an_order_may_ask_for() =>
        Assert.That(OrderBounds.MaxWorkers, Is.EqualTo(WorkerOptions.MaxConcurrency));
}
