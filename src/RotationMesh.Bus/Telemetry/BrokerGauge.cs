using System.Diagnostics.Metrics;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Telemetry;

/// <summary>
/// Measures whether RabbitMQ lets this process work, and what keeps it from its work. Every series is there at all times: one
/// that comes with a trouble would stay for a while after it.
/// </summary>
internal sealed class BrokerGauge
{
    private readonly BrokerStanding standing;

    public BrokerGauge(BrokerStanding standing)
    {
        this.standing = standing;
        MeshMetrics.Observe(this);
    }

    /// <summary>0 also until this process has its queues for the first time: a broker that is silent tells no trouble.</summary>
    public int Usable() => standing is { HasJoined: true, Troubles.Count: 0 } ? 1 : 0;

    public IEnumerable<Measurement<int>> Troubles()
    {
        var met = standing.Troubles.Select(trouble => trouble.Cause).ToHashSet();
        return Enum.GetValues<BrokerCause>()
            .Select(cause => new Measurement<int>(
                met.Contains(cause) ? 1 : 0,
                new KeyValuePair<string, object?>("rotationmesh.cause", $"{cause}".ToLowerInvariant())
            ));
    }
}
