using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.Bus.Standing;

/// <summary>
/// How long RabbitMQ waits for the acknowledgement of a message (<c>consumer_timeout</c>). A client can't ask for it, but
/// the broker names it when it takes messages back and closes their channel.
/// </summary>
internal sealed partial class ConsumerTimeout
{
    private readonly Lock gate = new();
    private TimeSpan shortest = TimeSpan.MaxValue;

    /// <summary>Raised when the timeout is found to be shorter than was known.</summary>
    public event Action? Shortened;

    /// <summary>The shortest timeout that the broker has named; null where it never named one.</summary>
    public TimeSpan? Shortest
    {
        get
        {
            lock (gate)
                return shortest == TimeSpan.MaxValue ? null : shortest;
        }
    }

    /// <summary>Reads the timeout from the broker's words at a channel's end; null where it ended for another reason.</summary>
    public static TimeSpan? Read(string? reply) =>
        TimedOut().Match(reply ?? "") is { Success: true } match
        && long.TryParse(match.Groups["ms"].Value, CultureInfo.InvariantCulture, out var ms)
            ? TimeSpan.FromMilliseconds(ms)
            : null;

    /// <summary>Records a timeout that the broker has named.</summary>
    public void Learn(TimeSpan timeout)
    {
        lock (gate)
        {
            if (timeout >= shortest)
                return;
            shortest = timeout;
        }

        Shortened?.Invoke();
    }

    [GeneratedRegex(@"delivery acknowledgement .*timed out.*?(?<ms>\d+) ms", RegexOptions.Singleline)]
    private static partial Regex TimedOut();
}
