using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RotationMesh.Bus.Standing;

/// <summary>
/// Keeps what troubles this process with RabbitMQ, for the readiness check and the metrics. Each trouble is logged once,
/// however often the transport meets it again, and once more when it has passed.
/// </summary>
public sealed class BrokerStanding(ILogger<BrokerStanding> log)
{
    /// <summary>Subject of a trouble of the connection itself.</summary>
    internal const string Connection = "connection";

    /// <summary>Subject of an alarm that the broker reports.</summary>
    internal const string Alarm = "alarm";

    /// <summary>Subject of a broker that confirms nothing, and does not say why.</summary>
    internal const string Unresponsive = "silence";

    private readonly ConcurrentDictionary<string, BrokerTrouble> troubles = new();
    private readonly Lock telling = new();
    private volatile bool isReached;
    private volatile bool hasJoined;

    /// <summary>Whether RabbitMQ has let this process in at least once.</summary>
    public bool IsReached => isReached;

    /// <summary>Whether every queue of this process was consumed from at least once.</summary>
    public bool HasJoined => hasJoined;

    /// <summary>What keeps this process from its work now; each trouble once, however many subjects have it.</summary>
    public IReadOnlyList<BrokerTrouble> Troubles =>
        [
            .. troubles
                .OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Value)
                .DistinctBy(trouble => trouble.Key),
        ];

    /// <summary>The troubles in one sentence; null where there are none.</summary>
    public string? Explain() => Troubles is { Count: > 0 } now ? string.Join("; ", now) : null;

    internal void Reach()
    {
        isReached = true;
        Clear(Connection);
    }

    internal void Join() => hasJoined = true;

    /// <summary>Records the trouble of a queue or of the connection, in place of an earlier one.</summary>
    internal void Tell(string subject, BrokerTrouble trouble)
    {
        lock (telling)
        {
            var isKnown = Has(trouble);
            troubles[subject] = trouble;
            if (!isKnown)
                MeshLog.BrokerRefuses(log, trouble.Reason, trouble.Fix);
        }
    }

    /// <summary>Whether the broker has reported an alarm that has not ended.</summary>
    internal bool IsHeld => troubles.ContainsKey(Alarm);

    /// <summary>Records that the broker confirms nothing, unless it has reported an alarm, which says why.</summary>
    internal void Suspect()
    {
        if (!IsHeld)
            Tell(Unresponsive, BrokerReplies.Held(null));
    }

    /// <summary>Removes the trouble of a subject.</summary>
    internal void Clear(string subject)
    {
        lock (telling)
            if (troubles.TryRemove(subject, out var passed) && !Has(passed))
                MeshLog.BrokerTroublePassed(log, passed.Reason);
    }

    private bool Has(BrokerTrouble trouble) => troubles.Values.Any(one => one.Key == trouble.Key);
}
