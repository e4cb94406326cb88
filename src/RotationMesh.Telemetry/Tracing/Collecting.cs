using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>What is collected, the same in every program, and whether anybody asks for it.</summary>
internal static class Collecting
{
    private static readonly string[] Asking =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    /// <summary>Own instruments, the broker's, the database driver's, and requests to a coordinator.</summary>
    private static readonly string[] Sources = ["RotationMesh", "MassTransit", "Npgsql", "System.Net.Http"];

    private static readonly string[] Meters = ["RotationMesh", "MassTransit", "Npgsql"];

    /// <summary>Whether one of the usual variables names a receiver.</summary>
    public static bool IsAskedFor =>
        Asking.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });

    public static ResourceBuilder Name(ResourceBuilder resource, string service) =>
        resource.AddService(service, serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}");

    public static TracerProviderBuilder Traces(TracerProviderBuilder tracing) =>
        tracing.AddSource(Sources).AddProcessor(new DiscreetSpans()).AddOtlpExporter();

    public static MeterProviderBuilder Metrics(MeterProviderBuilder metrics) =>
        metrics.AddMeter(Meters).AddRuntimeInstrumentation().AddOtlpExporter();
}
