using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Sends traces and metrics over OTLP, where the usual variables ask for it (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its
/// variants for traces and metrics). Without them, it collects and sends nothing.
/// </summary>
public static class ServiceTelemetry
{
    private const string Prefix = "OTEL_";

    /// <summary>The set variables of OpenTelemetry; its library reads them from the service's configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value));

    /// <summary>
    /// Registers telemetry for a service of that name; <paramref name="serving"/> adds the instrumentation of its own.
    /// </summary>
    public static void AddServiceTelemetry(
        this IServiceCollection services,
        string service,
        Action<TracerProviderBuilder> serving
    )
    {
        if (!Collecting.IsAskedFor)
            return;
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => Collecting.Name(resource, service))
            .WithTracing(tracing => serving(Collecting.Traces(tracing)))
            .WithMetrics(metrics => Collecting.Metrics(metrics));
    }
}
