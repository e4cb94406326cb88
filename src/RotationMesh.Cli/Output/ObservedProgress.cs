using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>
/// What was seen of a rotation up to its newest report. Times are those since the program began to look. Rows that were
/// settled before that, or before the rotation went on, are no part of the rate: nobody saw how long they took.
/// </summary>
internal sealed record ObservedProgress
{
    /// <summary>Shortest time that gives a rate: results come in lumps.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The newest report.</summary>
    public required ProgressDocument Now { get; init; }

    /// <summary>When anything but the reason changed last.</summary>
    public required TimeSpan ChangedAt { get; init; }

    /// <summary>Since when rows are rewritten without a break, as far as it was seen.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>Rows that were settled at that time.</summary>
    public required long Before { get; init; }

    /// <summary>Rows that are settled.</summary>
    public long Done => Settled(Now);

    /// <summary>Returns what is known after the first report.</summary>
    public static ObservedProgress First(ProgressDocument now, TimeSpan at) =>
        new()
        {
            Now = now,
            ChangedAt = at,
            Since = at,
            Before = Settled(now),
        };

    /// <summary>Returns what is known after the next report.</summary>
    public ObservedProgress Next(ProgressDocument now, TimeSpan at)
    {
        var changedAt = now with { Reason = Now.Reason } == Now ? ChangedAt : at;
        var goesOn = now.Phase is RotationState.Planning or RotationState.Rotating && Settled(now) >= Before;
        return (goesOn ? this : First(now, at)) with { Now = now, ChangedAt = changedAt };
    }

    /// <summary>Rows settled a second until then; null where too little was seen.</summary>
    public double? RateAt(TimeSpan at) =>
        at - Since < Shortest ? null : (Done - Before) / (at - Since).TotalSeconds;

    private static long Settled(ProgressDocument now) => now.Rotated + now.Failed;
}
