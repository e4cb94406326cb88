using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// Traces and metrics over OTLP, where the usual variables ask for it (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its kin);
/// without them nothing is collected and nobody is called.
/// </summary>
public static class ServiceTelemetry
{
    private const string Prefix = "OTEL_";

    private static readonly string[] Asking =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    /// <summary>Own instruments, the broker's, and the database driver's.</summary>
    private static readonly string[] Sources = ["RotationMesh", "MassTransit", "Npgsql"];

    /// <summary>The variables of OpenTelemetry that are set, which it reads from the service's configuration.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value));

    /// <summary>Registers it for a service of that name.</summary>
    public static void AddServiceTelemetry(this IServiceCollection services, string service)
    {
        if (!Asking.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }))
            return;
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    service,
                    serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}"
                )
            )
            .WithTracing(tracing =>
                tracing
                    .AddSource(Sources)
                    .AddAspNetCoreInstrumentation(requests =>
                        requests.Filter = context => !context.Request.Path.StartsWithSegments("/health")
                    )
                    .AddProcessor<DiscreetSpans>()
                    .AddOtlpExporter()
            )
            .WithMetrics(metrics => metrics.AddMeter(Sources).AddRuntimeInstrumentation().AddOtlpExporter());
    }
}
