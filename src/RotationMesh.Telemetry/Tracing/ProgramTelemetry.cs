using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RotationMesh.Telemetry.Tracing;

/// <summary>
/// The telemetry of a program that ends by itself: it sends the rest at the end. Without OpenTelemetry's usual variables,
/// it collects and sends nothing.
/// </summary>
public sealed class ProgramTelemetry : IDisposable
{
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    private ProgramTelemetry(TracerProvider? traces, MeterProvider? metrics) =>
        (this.traces, this.metrics) = (traces, metrics);

    /// <summary>Begins to collect, where the variables ask for it.</summary>
    public static ProgramTelemetry Start(string service)
    {
        if (!Collecting.IsAskedFor)
            return new ProgramTelemetry(null, null);
        return new ProgramTelemetry(
            Collecting
                .Traces(Sdk.CreateTracerProviderBuilder())
                .ConfigureResource(resource => Collecting.Name(resource, service))
                .Build(),
            Collecting
                .Metrics(Sdk.CreateMeterProviderBuilder())
                .ConfigureResource(resource => Collecting.Name(resource, service))
                .Build()
        );
    }

    /// <summary>Sends the spans and metrics that are left.</summary>
    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }
}
