using System.Net;
using System.Text.Json;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Http;

/// <summary>
/// Holds while nothing consumes from the application's queues. The broker's management API updates the number of
/// consumers every five seconds, so a returning consumer is noticed up to five seconds later.
/// </summary>
public sealed class RabbitMqGate(RabbitMqEntry entry) : IGate
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        try
        {
            var consumers = await Task.WhenAll(
                entry.Queues.Select(queue => CountAsync(queue, cancellationToken))
            );
            return Judge([.. entry.Queues.Zip(consumers)]);
        }
        catch (GateUnreadableException e)
        {
            return new GateVerdict(
                entry.Name,
                Holds: false,
                e.Message,
                $"check broker, user and queues at line {entry.Line} of the map"
            );
        }
    }

    private GateVerdict Judge((string Queue, long Consumers)[] queues)
    {
        string[] busy =
        [
            .. queues
                .Where(queue => queue.Consumers > 0)
                .Select(queue => $"{queue.Queue} ({queue.Consumers})"),
        ];
        return busy.Length > 0
            ? new GateVerdict(
                entry.Name,
                Holds: false,
                $"queues have consumers: {string.Join(", ", busy)}",
                "stop the application's workers"
            )
            : new GateVerdict(
                entry.Name,
                Holds: true,
                queues.Length == 1
                    ? "nothing consumes from the queue"
                    : $"nothing consumes from the {queues.Length} queues"
            );
    }

    private async Task<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        var management = entry.Management.Value;
        var path =
            $"{management.AbsolutePath.TrimEnd('/')}/api/queues/{Uri.EscapeDataString(entry.VirtualHost)}/{Uri.EscapeDataString(queue)}";
        var url = new UriBuilder(management) { Path = path, Query = "" }.Uri;
        var answer = await HttpAnswer.AskAsync(url, header: null, Timeout, keepBody: true, cancellationToken);
        return answer.Status switch
        {
            HttpStatusCode.OK => Consumers(answer.Body),
            HttpStatusCode.NotFound => throw new GateUnreadableException(
                $"there is no queue {queue} in the virtual host {entry.VirtualHost}"
            ),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new GateUnreadableException(
                "the management API refuses the user: its password must be right and it needs the tag 'monitoring'"
            ),
            _ => throw new GateUnreadableException(
                $"the management API answered with status {(int)answer.Status}"
            ),
        };
    }

    // A queue without the field was declared a moment ago, and its consumers are not counted yet.
    private static long Consumers(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.TryGetProperty("consumers", out var consumers)
                && consumers.TryGetInt64(out var count)
                ? count
                : throw new GateUnreadableException(
                    "the management API does not say yet how many consumers a queue has"
                );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new GateUnreadableException("the management API answered with something else", e);
        }
    }
}
