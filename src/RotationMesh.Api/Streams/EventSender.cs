using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;

namespace RotationMesh.Api.Streams;

/// <summary>The end of a stream where its events come from.</summary>
internal sealed class EventSender(
    ChannelWriter<SseItem<string>> events,
    JsonSerializerOptions json,
    CancellationToken stopping
)
{
    /// <summary>Set when nobody reads any more.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Sends a document; never waits.</summary>
    public void Send<T>(string name, T document) =>
        events.TryWrite(new SseItem<string>(JsonSerializer.Serialize(document, json), name));

    /// <summary>No event follows.</summary>
    public void Close() => events.TryComplete();
}
