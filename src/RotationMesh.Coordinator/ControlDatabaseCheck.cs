using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using RotationMesh.Control;

namespace RotationMesh.Coordinator;

/// <summary>Checks whether the control database answers.</summary>
internal sealed class ControlDatabaseCheck(ControlDatabase control) : IHealthCheck
{
    /// <summary>Longest wait for the answer; the caller has its own timeout as well.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            await using var command = control.Source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault)
            when (fault is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy();
        }
    }
}
