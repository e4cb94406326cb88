using System.Diagnostics;
using NUnit.Framework;

namespace RotationMesh.TestKit;

/// <summary>Waits for what another process or thread will bring about, instead of for a fixed time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until the condition holds; fails the test at the deadline.</summary>
    public static async Task Holds(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > deadline)
            {
                Assert.Fail($"not within {deadline.TotalSeconds:0.###} s: {what}");
            }

            await Task.Delay(Interval);
        }
    }
}
