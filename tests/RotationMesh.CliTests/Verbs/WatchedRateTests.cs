using RotationMesh.Cli.Output;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.CliTests.Verbs;

/// <summary>The rate that <c>watch</c> shows, and the time left by it.</summary>
public sealed class WatchedRateTests
{
    [Test]
    public void Rows_that_were_done_before_are_no_part_of_it()
    {
        var seen = ObservedProgress
            .First(Report(RotationState.Rotating, 903_000), Seconds(0))
            .Next(Report(RotationState.Rotating, 904_000), Seconds(10));

        Assert.That(
            ProgressLine.Of(seen, Seconds(10)),
            Is.EqualTo("Rotating: 904,000 of 1,000,000 rows, 100 rows/s, 16 min left")
        );
    }

    [Test]
    public void Nothing_is_said_of_it_before_anything_was_seen()
    {
        var seen = ObservedProgress.First(Report(RotationState.Rotating, 900_000), Seconds(0));

        Assert.That(ProgressLine.Of(seen, Seconds(0.2)), Is.EqualTo("Rotating: 900,000 of 1,000,000 rows"));
    }

    [TestCase(RotationState.Paused)]
    [TestCase(RotationState.AwaitingGates)]
    [TestCase(RotationState.Checking)]
    public void Time_in_which_no_row_is_rewritten_is_no_part_of_it(string state)
    {
        var seen = ObservedProgress
            .First(Report(RotationState.Rotating, 0), Seconds(0))
            .Next(Report(RotationState.Rotating, 500_000), Seconds(10))
            .Next(Report(state, 600_000), Seconds(100))
            .Next(Report(RotationState.Rotating, 601_000), Seconds(110));

        Assert.That(seen.RateAt(Seconds(110)), Is.EqualTo(100));
    }

    [Test]
    public void Planning_does_not_interrupt_it()
    {
        var seen = ObservedProgress
            .First(Report(RotationState.Planning, 0), Seconds(0))
            .Next(Report(RotationState.Rotating, 1000), Seconds(5))
            .Next(Report(RotationState.Planning, 2000), Seconds(10));

        Assert.That(seen.RateAt(Seconds(10)), Is.EqualTo(200));
    }

    [Test]
    public void Fewer_rows_than_before_begin_it_anew()
    {
        var seen = ObservedProgress
            .First(Report(RotationState.Rotating, 1000), Seconds(0))
            .Next(Report(RotationState.Rotating, 0), Seconds(10))
            .Next(Report(RotationState.Rotating, 500), Seconds(20));

        Assert.That(seen.RateAt(Seconds(20)), Is.EqualTo(50));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static ProgressDocument Report(string state, long rotated) =>
        new()
        {
            Phase = state,
            Pending = 1_000_000,
            Rotated = rotated,
            Failed = 0,
            Verified = 0,
        };
}
