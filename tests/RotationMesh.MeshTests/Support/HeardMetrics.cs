using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RotationMesh.Bus.Telemetry;

namespace RotationMesh.MeshTests.Support;

/// <summary>What this process measures from here on: the metrics of every mesh that runs in it.</summary>
internal sealed class HeardMetrics : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<HeardMetric> heard = new();

    public HeardMetrics()
    {
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Name == MeshMetrics.MeterName)
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, attributes, _) => Keep(instrument, value, attributes)
        );
        listener.SetMeasurementEventCallback<int>(
            (instrument, value, attributes, _) => Keep(instrument, value, attributes)
        );
        listener.Start();
    }

    /// <summary>Sum of a counter over the measurements that have these attributes.</summary>
    public long Sum(string name, params (string Name, string Value)[] attributes) =>
        heard.Where(metric => metric.Is(name, attributes)).Sum(metric => metric.Value);

    /// <summary>Asks the gauges, and returns what one of them says, with its attributes.</summary>
    public IReadOnlyList<HeardMetric> Ask(string name, params (string Name, string Value)[] attributes)
    {
        heard.Clear();
        listener.RecordObservableInstruments();
        return [.. heard.Where(metric => metric.Is(name, attributes))];
    }

    public void Dispose() => listener.Dispose();

    private void Keep(
        Instrument instrument,
        long value,
        ReadOnlySpan<KeyValuePair<string, object?>> attributes
    ) =>
        heard.Enqueue(
            new HeardMetric(
                instrument.Name,
                value,
                attributes.ToArray().ToDictionary(one => one.Key, one => $"{one.Value}")
            )
        );
}

/// <summary>One measurement.</summary>
internal sealed record HeardMetric(string Name, long Value, IReadOnlyDictionary<string, string> Attributes)
{
    public bool Is(string name, params (string Name, string Value)[] attributes) =>
        Name == name
        && attributes.All(one => Attributes.TryGetValue(one.Name, out var value) && value == one.Value);
}
