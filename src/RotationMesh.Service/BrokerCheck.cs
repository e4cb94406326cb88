using Microsoft.Extensions.Diagnostics.HealthChecks;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Service;

/// <summary>Whether RabbitMQ lets the service have its queues and takes its messages, and if not, why.</summary>
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
