using System.Diagnostics;

namespace RotationMesh.TestKit;

/// <summary>
/// The pauses of a test that asks again and again. A question rests twice as long as it took: counting a large table
/// over and over takes the processors from the program that is waited for.
/// </summary>
public sealed class PollPause(TimeSpan shortest)
{
    private const int Times = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private long asked = Stopwatch.GetTimestamp();

    /// <summary>Waits after a question; the time since the last wait, or since the beginning, is what it took.</summary>
    public async Task WaitAsync()
    {
        var rest = Stopwatch.GetElapsedTime(asked) * Times;
        rest = rest < Longest ? rest : Longest;
        await Task.Delay(rest > shortest ? rest : shortest);
        asked = Stopwatch.GetTimestamp();
    }
}
