using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace RotationMesh.Api.Access;

/// <summary>Checks whether the coordinator knows its tokens, so that it can admit callers.</summary>
internal sealed class TokensCheck(ApiAccess access, ILogger<TokensCheck> log) : IHealthCheck
{
    public const string Name = "tokens-file";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            access.FindFault(log) is { } fault
                ? HealthCheckResult.Unhealthy(fault)
                : HealthCheckResult.Healthy()
        );
}
