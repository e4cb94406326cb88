using Microsoft.Extensions.Diagnostics.HealthChecks;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Service;

/// <summary>Checks whether RabbitMQ grants the service its queues and accepts its messages; reports why not.</summary>
internal sealed class BrokerCheck(BrokerStanding standing) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            standing.Explain() is { } trouble
                ? HealthCheckResult.Unhealthy(trouble)
                : HealthCheckResult.Healthy()
        );
}
