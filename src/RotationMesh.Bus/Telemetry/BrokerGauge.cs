using System.Diagnostics.Metrics;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Telemetry;

/// <summary>Measures whether RabbitMQ lets this process work, and what keeps it from its work.</summary>
internal sealed class BrokerGauge
{
    private readonly BrokerStanding standing;

    public BrokerGauge(BrokerStanding standing)
    {
        this.standing = standing;
        MeshMetrics.Observe(this);
    }

    public IEnumerable<Measurement<int>> Usable() =>
        standing.Troubles is { Count: > 0 } troubles
            ? troubles
                .Select(trouble => trouble.Cause)
                .Distinct()
                .Select(cause => new Measurement<int>(
                    0,
                    new KeyValuePair<string, object?>("rotationmesh.cause", cause)
                ))
            : [new Measurement<int>(1)];
}
