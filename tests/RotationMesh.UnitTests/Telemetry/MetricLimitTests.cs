using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using RotationMesh.Telemetry.Tracing;

namespace RotationMesh.UnitTests.Telemetry;

/// <summary>A coordinator runs for months, and each rotation brings its own id to the gauges that alerts look at.</summary>
public sealed class MetricLimitTests
{
    [Test]
    public void A_gauge_still_names_a_rotation_after_thousands_of_others()
    {
        const int Rotations = 3_000;
        using var meter = new Meter("RotationMesh");
        var at = 0;
        meter.CreateObservableGauge(
            "rotationmesh.test.state",
            () =>
                new Measurement<long>(1, new KeyValuePair<string, object?>("rotationmesh.rotation", $"{at}"))
        );
        using var seen = new Seen();
        using var provider = Collecting
            .Roomy(Sdk.CreateMeterProviderBuilder().AddMeter("RotationMesh"))
            .AddReader(new BaseExportingMetricReader(seen))
            .Build();

        for (; at < Rotations; at++)
            provider.ForceFlush();

        Assert.That(seen.Rotations, Is.EquivalentTo(Enumerable.Range(0, Rotations).Select(n => $"{n}")));
    }

    private sealed class Seen : BaseExporter<Metric>
    {
        public HashSet<string?> Rotations { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                if (metric.Name != "rotationmesh.test.state")
                    continue;
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    string? rotation = null;
                    foreach (var tag in point.Tags)
                        rotation = tag.Value?.ToString();
                    Rotations.Add(rotation);
                }
            }

            return ExportResult.Success;
        }
    }
}
