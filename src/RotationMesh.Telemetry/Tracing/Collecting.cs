using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>Configures traces and metrics alike for every program, and finds out whether the environment asks for them.</summary>
internal static class Collecting
{
    private static readonly string[] Asking =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    ];

    /// <summary>The program's own spans, and those of the bus, the database driver and outgoing HTTP requests.</summary>
    private static readonly string[] Sources = ["RotationMesh", "MassTransit", "Npgsql", "System.Net.Http"];

    /// <summary>Most combinations of attributes of a gauge by rotation.</summary>
    private const int MostSeries = 50_000;

    private static readonly string[] Meters = ["RotationMesh", "MassTransit", "Npgsql"];

    /// <summary>Whether one of the usual variables names a receiver.</summary>
    public static bool IsAskedFor =>
        Asking.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 });

    public static ResourceBuilder Name(ResourceBuilder resource, string service) =>
        resource.AddService(service, serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}");

    public static TracerProviderBuilder Traces(TracerProviderBuilder tracing) =>
        tracing.AddSource(Sources).AddProcessor(new DiscreetSpans()).AddOtlpExporter();

    public static MeterProviderBuilder Metrics(MeterProviderBuilder metrics) =>
        Roomy(metrics.AddMeter(Meters)).AddRuntimeInstrumentation().AddOtlpExporter();

    /// <summary>
    /// Gives gauges by rotation room for some thousands of rotations: each has about ten states in its time, and OpenTelemetry forgets
    /// none of them before the process ends. Past the limit it adds all new ones up without their names, and no alert of them fires.
    /// </summary>
    public static MeterProviderBuilder Roomy(MeterProviderBuilder metrics) =>
        metrics.AddView(instrument =>
            instrument.Meter.Name == Meters[0] && instrument.IsObservable
                ? new MetricStreamConfiguration { CardinalityLimit = MostSeries }
                : null
        );
}
