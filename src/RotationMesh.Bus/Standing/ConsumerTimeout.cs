using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.Bus.Standing;

/// <summary>
/// How long RabbitMQ waits for the answer to a message (<c>consumer_timeout</c>): no client may ask, but it is told when the
/// broker has taken messages back and closed their channel.
/// </summary>
internal sealed partial class ConsumerTimeout
{
    private readonly Lock gate = new();
    private TimeSpan told = TimeSpan.MaxValue;

    /// <summary>Raised when it is shorter than was known.</summary>
    public event Action? Shortened;

    /// <summary>The shortest that the broker told of; null where it never did.</summary>
    public TimeSpan? Told
    {
        get
        {
            lock (gate)
                return told == TimeSpan.MaxValue ? null : told;
        }
    }

    /// <summary>The timeout that a channel's end names, in the broker's own words; null where it ended for another reason.</summary>
    public static TimeSpan? Read(string? reply) =>
        TimedOut().Match(reply ?? "") is { Success: true } match
        && long.TryParse(match.Groups["ms"].Value, CultureInfo.InvariantCulture, out var ms)
            ? TimeSpan.FromMilliseconds(ms)
            : null;

    /// <summary>Takes note of what the broker told.</summary>
    public void Learn(TimeSpan timeout)
    {
        lock (gate)
        {
            if (timeout >= told)
                return;
            told = timeout;
        }

        Shortened?.Invoke();
    }

    [GeneratedRegex(@"delivery acknowledgement .*timed out.*?(?<ms>\d+) ms", RegexOptions.Singleline)]
    private static partial Regex TimedOut();
}
