using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RotationMesh.Control;
using RotationMesh.Postgres;
using RotationMesh.Service;

namespace RotationMesh.Coordinator;

/// <summary>Registers the control database.</summary>
internal static class ControlParts
{
    /// <summary>
    /// Registers the control database of the map, and a health check of it. Throws <see cref="Core.UsageException"/> where its
    /// connection string is not understood.
    /// </summary>
    public static IServiceCollection AddControl(this IServiceCollection services, ServiceSite site)
    {
        var connection = MapConnection.Checked(site.Map.Control, site.Map.Path);
        services
            .AddSingleton(_ => new ControlDatabase(connection, primaryOnly: true))
            .AddHealthChecks()
            .AddCheck<ControlDatabaseCheck>(
                "control-database",
                HealthStatus.Unhealthy,
                [Health.Ready],
                ControlDatabaseCheck.Timeout
            );
        return services;
    }
}
