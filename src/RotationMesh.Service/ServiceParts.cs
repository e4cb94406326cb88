using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.ExternalStore;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Service;

/// <summary>Registers the parts that coordinator and worker use. The container disposes of them, which zeroes the keys.</summary>
public static class ServiceParts
{
    /// <summary>
    /// Registers map, key ring and databases. <paramref name="workers"/> is the number of concurrent partitions; null for a
    /// coordinator. Throws <see cref="Core.UsageException"/> where a connection string allows too few connections for them.
    /// </summary>
    public static IServiceCollection AddParts(
        this IServiceCollection services,
        ServiceSite site,
        int? workers = null
    )
    {
        ArgumentNullException.ThrowIfNull(site);
        MapConnection.EnsureUnderstood(site.Map); // fails at the start, not at the first partition
        ConnectionBudget.EnsureAllowed(site.Map, workers);
        return services
            .AddSingleton(_ => site.Map)
            .AddSingleton(_ => site.Ring)
            .AddSingleton(_ => new ApplicationDatabases(site.Map, workers) { PrimaryOnly = true })
            .AddSingleton(_ => new EnvelopeFormats(site.Map))
            .AddSingleton<IExternalStores>(_ => new S3Stores(site.Variable))
            .AddSingleton<SchemaCheck>();
    }
}
