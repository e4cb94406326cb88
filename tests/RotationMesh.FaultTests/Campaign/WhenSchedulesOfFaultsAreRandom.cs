using System.Collections.Concurrent;
using System.Globalization;
using NUnit.Framework;

namespace RotationMesh.FaultTests.Campaign;

/// <summary>
/// Rotations up and down between eight versions while writers hold transactions open or prepared, processes freeze and
/// die, connections are closed, the broker restarts, rotations are cancelled and versions retired. No claim may be false, and
/// none may stand still without saying why.
/// </summary>
[TestFixture]
[Platform("Linux")]
internal sealed class WhenSchedulesOfFaultsAreRandom
{
    /// <summary>Schedules one after the other on a site; what one left behind meets the next.</summary>
    private const int OnOneSite = 2;

    /// <summary>Findings of one schedule that are shown; more of them say no more.</summary>
    private const int MostFindings = 10;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);

    /// <summary>ROTATIONMESH_TEST_FAULT_SCHEDULES=300 runs the whole campaign.</summary>
    private static readonly int Schedules = Number("ROTATIONMESH_TEST_FAULT_SCHEDULES", 8);

    private static readonly int Seed = Number("ROTATIONMESH_TEST_SEED", Random.Shared.Next());

    /// <summary>
    /// Sites at a time: most of a schedule is waiting for deadlines. Each has four processes and a broker, and others test beside
    /// it.
    /// </summary>
    private static readonly int AtOnce = Number(
        "ROTATIONMESH_TEST_FAULT_SITES",
        Math.Clamp(Environment.ProcessorCount, 2, 4)
    );

    [OneTimeTearDown]
    public Task Stop_the_brokers() => Brokers.StopAsync();

    [Test]
    public async Task No_rotation_and_no_retirement_claims_what_is_not_so()
    {
        var wrong = new ConcurrentQueue<string>();
        var ran = 0;
        await Parallel.ForAsync(
            0,
            (Schedules + OnOneSite - 1) / OnOneSite,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, _) =>
            {
                var random = new Random(unchecked((Seed * 397) ^ number)); // HashCode differs from process to process
                await using var site = await CampaignSite.StartAsync(number % 2 == 0 ? Pace : TimeSpan.Zero);
                await using var application = new Application(site.Database, random);
                await application.FillAsync(1);
                var claims = new Claims();
                for (var i = 0; i < OnOneSite && wrong.IsEmpty; i++)
                {
                    var schedule = new Schedule(site, application, random, claims);
                    if (await schedule.RunAsync() is { Count: > 0 } findings)
                        wrong.Enqueue(
                            $"ROTATIONMESH_TEST_SEED={Seed}, site {number}, schedule {i}: {schedule.Steps}\n"
                                + $"{string.Join("\n", findings.Take(MostFindings))}\n"
                                + $"all logs: {await site.KeepLogsAsync()}\n{site.Logs()}"
                        );
                    await TestContext.Progress.WriteLineAsync($"site {number}: {schedule.Steps}");
                    Interlocked.Increment(ref ran);
                }
            }
        );

        await TestContext.Out.WriteLineAsync($"seed {Seed}: {ran} schedules");
        Assert.That(wrong, Is.Empty);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(variable),
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : otherwise;
}
