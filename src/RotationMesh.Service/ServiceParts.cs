using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Control;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.ExternalStore;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Service;

/// <summary>Registers what the roles of the mesh work with; the container disposes of it, and so zeroes the keys.</summary>
public static class ServiceParts
{
    /// <summary>
    /// Map, key ring and databases, for so many <paramref name="workers"/> at once; null for a coordinator. Throws
    /// <see cref="Core.UsageException"/> where a connection string does not allow the connections that they need.
    /// </summary>
    public static IServiceCollection AddParts(
        this IServiceCollection services,
        ServiceSite site,
        int? workers = null
    )
    {
        ArgumentNullException.ThrowIfNull(site);
        MapConnection.EnsureUnderstood(site.Map); // before it joins the mesh, not with the first partition
        ConnectionBudget.EnsureAllowed(site.Map, workers);
        return services
            .AddSingleton(_ => site.Map)
            .AddSingleton(_ => site.Ring)
            .AddSingleton(_ => new TargetDatabases(site.Map, workers))
            .AddSingleton(_ => new EnvelopeFormats(site.Map))
            .AddSingleton<IExternalStores>(_ => new S3Stores(site.Variable))
            .AddSingleton<SchemaCheck>();
    }

    /// <summary>The control database of the map.</summary>
    public static IServiceCollection AddControl(this IServiceCollection services, ServiceSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        var connection = MapConnection.Checked(site.Map.Control, site.Map.Path);
        return services.AddSingleton(_ => new ControlDatabase(connection));
    }
}
