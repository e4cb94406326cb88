using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RotationMesh.Service;

/// <summary>
/// Two questions an orchestrator asks. <c>/health/live</c>: does the process answer; if not, start it again.
/// <c>/health/ready</c>: has it what it works with; if not, leave it alone until it has. 200 for yes, 503 for no.
/// </summary>
internal static class Health
{
    /// <summary>Tag of the checks that readiness asks; the bus has it as well.</summary>
    public const string Ready = "ready";

    /// <summary>Tag of checks whose reason is fit to be shown.</summary>
    public const string Told = "told";

    public static void MapHealth(this WebApplication app)
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
                    // Some of its queues are missing: it would do half of what it should.
                    [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable,
                },
            }
        );
    }

    // Names alone, but for checks of ours: what others say of their failure may quote an address.
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = $"{report.Status}",
                checks = report.Entries.ToDictionary(entry => entry.Key, entry => $"{entry.Value.Status}"),
                reasons = report
                    .Entries.Where(entry =>
                        entry.Value is { Status: not HealthStatus.Healthy, Description: not null } found
                        && found.Tags.Contains(Told)
                    )
                    .Select(entry => entry.Value.Description),
            }
        );
}
