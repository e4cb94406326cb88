using RotationMesh.Core.Gates;

namespace RotationMesh.Gates;

/// <summary>
/// Watches gates in rounds, for all rotations of a process at once. A gate that answers slowly, such as a program that
/// takes ten seconds, delays the news of no other one, and is not asked again before it has answered.
/// </summary>
public sealed class WatchedGates(GateSet gates, TimeProvider clock)
{
    private readonly Dictionary<IGate, Task<GateVerdict>> asked = [];

    /// <summary>Longest round; what is answered later is in the result of a later round.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Asks the watched gates, except those that have not answered the last question, and returns the answers that have
    /// come. Is called by one caller at a time.
    /// </summary>
    public async Task<WatchRound> LookAsync(CancellationToken cancellationToken)
    {
        foreach (var gate in gates.Watched.Where(gate => !asked.ContainsKey(gate)))
            asked[gate] = GateSet.LookAsync(gate, new GateOccasion(), cancellationToken);
        await Task.WhenAny(Task.WhenAll(asked.Values), Task.Delay(Longest, clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        var verdicts = new List<GateVerdict>();
        foreach (var gate in gates.Watched)
            if (asked[gate].IsCompleted && asked.Remove(gate, out var answer))
                verdicts.Add(await answer);
        return new WatchRound(verdicts, asked.Count == 0);
    }

    /// <summary>Forgets what is asked: by the next round the answers are old.</summary>
    public void Forget() => asked.Clear();
}

/// <summary>The answers of a round, in the order of the map, and whether every gate has answered.</summary>
public sealed record WatchRound(IReadOnlyList<GateVerdict> Verdicts, bool IsWhole);
