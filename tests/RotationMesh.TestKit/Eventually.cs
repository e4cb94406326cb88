using System.Diagnostics;
using NUnit.Framework;

namespace RotationMesh.TestKit;

/// <summary>Waits for what another process or thread will bring about, instead of for a fixed time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>Times a deadline that a machine which is busy with other things may take.</summary>
    private const int Busy = 5;

    /// <summary>
    /// Asks again and again until the condition holds; fails the test at the deadline, which is what a quiet machine never needs,
    /// five times over.
    /// </summary>
    public static async Task Holds(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        var limit = deadline * Busy;
        var pause = new PollPause(Shortest);
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > limit)
            {
                Assert.Fail($"not within {limit.TotalSeconds:0.###} s: {what}");
            }

            await pause.WaitAsync();
        }
    }
}
