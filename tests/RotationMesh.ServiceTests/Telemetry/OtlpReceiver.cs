using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RotationMesh.ServiceTests.Telemetry;

/// <summary>Receives what programs export over OTLP (HTTP, protobuf), as a collector does.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> metrics = new();
    private readonly Task receiving;

    public OtlpReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        listener.Prefixes.Add(Address);
        listener.Start();
        receiving = ReceiveAsync();
    }

    public string Address { get; }

    public IReadOnlyList<ReceivedSpan> Spans => [.. spans];

    public IReadOnlyList<ReceivedMetric> Metrics => [.. metrics];

    /// <summary>What makes a program export to it.</summary>
    public Dictionary<string, string?> Variables =>
        new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        };

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await receiving;
        listener.Close();
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Keep(context.Request.Url!.AbsolutePath, new ProtobufFields(body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    // Numbers as in opentelemetry-proto: collector/*/v1, trace/v1, metrics/v1.
    private void Keep(string path, ProtobufFields request)
    {
        foreach (var resource in request.All(1))
        foreach (var scope in resource.All(2))
        {
            var service = Attributes(resource.All(1).Single(), 1)["service.name"];
            var source = scope.All(1).Single().Text(1);
            foreach (var one in scope.All(2))
                if (path == "/v1/traces")
                    spans.Enqueue(
                        new ReceivedSpan(
                            service,
                            source,
                            one.Hex(1),
                            one.Hex(2),
                            one.Hex(4),
                            one.Text(5),
                            one.Fixed(8) - one.Fixed(7),
                            Attributes(one, 9)
                        )
                    );
                else if (path == "/v1/metrics")
                    metrics.Enqueue(new ReceivedMetric(service, source, one.Text(1), one.Text(3)));
        }
    }

    private static Dictionary<string, string> Attributes(ProtobufFields owner, int number) =>
        owner.All(number).ToDictionary(one => one.Text(1), one => Value(one.All(2).Single()));

    // Text is all that is asked for here; numbers are empty.
    private static string Value(ProtobufFields value) => value.Text(1);
}

/// <summary>A span as it was exported; <paramref name="Duration"/> in nanoseconds.</summary>
internal sealed record ReceivedSpan(
    string Service,
    string Source,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    ulong Duration,
    IReadOnlyDictionary<string, string> Attributes
);

/// <summary>A metric as it was exported.</summary>
internal sealed record ReceivedMetric(string Service, string Source, string Name, string Unit);
