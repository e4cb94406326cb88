using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RotationMesh.Service;

/// <summary>
/// Answers the health probes of an orchestrator: 200 for yes, 503 for no. <c>/health/live</c>: does the process answer? If
/// not, restart it. <c>/health/ready</c>: does it have all that it needs, such as the broker? If not, wait until it does.
/// </summary>
public static class Health
{
    /// <summary>Tag of the checks that decide readiness; the bus's own check has it as well.</summary>
    public const string Ready = "ready";

    /// <summary>Tag of the checks whose reason may be shown.</summary>
    public const string Reason = "reason";

    internal static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks(
            "/health/ready",
            new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(Ready),
                ResponseWriter = WriteAsync,
                ResultStatusCodes =
                {
                    // Some of its queues are missing, so it would do only half of its work.
                    [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
                },
            }
        );
    }

    // Shows reasons only of checks with the tag: others may quote an address in theirs.
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = $"{report.Status}",
                checks = report.Entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value.Status}"),
                reasons = report
                    .Entries.Where(entry =>
                        entry.Value is { Status: not HealthStatus.Healthy, Description: not null } found
                        && found.Tags.Contains(Reason)
                    )
                    .Select(entry => entry.Value.Description),
            }
        );
}
