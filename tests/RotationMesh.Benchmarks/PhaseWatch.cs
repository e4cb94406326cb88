using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>
/// Reads the processor time of client and server each time that a rotation changes its phase. It looks often, and the
/// server's time for its looks is left out; a phase that is over between two looks counts with the one before it.
/// </summary>
internal sealed class PhaseWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly RotationLook look;
    private readonly ServerProcesses server;
    private readonly PhaseCosts costs;
    private RotationPhase phase;
    private double client;

    private PhaseWatch(NpgsqlConnection observer)
    {
        look = new RotationLook(observer);
        server = ServerProcesses.Of(observer);
        costs = new PhaseCosts(Reading());
    }

    /// <summary>Rotates a fresh copy, with every row decrypted again, and returns what each phase cost.</summary>
    public static async Task<PhaseCosts> RotateAsync(SampleFixture fixture, bool emptied)
    {
        await fixture.ResetAsync(emptied);
        await using var observer = await fixture.Database.ObserveAsync();
        return await new PhaseWatch(observer).RotateAsync(fixture);
    }

    private async Task<PhaseCosts> RotateAsync(SampleFixture fixture)
    {
        using var over = new CancellationTokenSource();
        var token = over.Token;
        var following = Task.CompletedTask;
        ProcessFigures figures;
        try
        {
            figures = await fixture.RotateCopyAsync(
                process => following = Task.Run(() => FollowAsync(process, token)),
                "--verify",
                "full"
            );
        }
        finally
        {
            await over.CancelAsync();
            await following;
        }

        // Two roundings to ticks: the last reading of the living process may be the higher one.
        client = Math.Max(client, figures.ProcessorSeconds);
        costs.Add(phase, Reading());
        return costs;
    }

    private async Task FollowAsync(int process, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var now = await look.NowAsync();
            if (now != phase)
            {
                client = ProcessTimes.TryRead(process)?.Seconds ?? client;
                costs.Add(phase, Reading());
                phase = now;
            }

            await Task.Delay(Interval, CancellationToken.None);
        }
    }

    private PhaseSeconds Reading() => new(client, server.Seconds(), clock.Elapsed.TotalSeconds);
}
