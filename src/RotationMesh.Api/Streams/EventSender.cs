using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Threading.Channels;

namespace RotationMesh.Api.Streams;

/// <summary>The writing end of a stream of events.</summary>
internal sealed class EventSender(
    ChannelWriter<SseItem<string>> events,
    JsonSerializerOptions json,
    CancellationToken stopping
)
{
    /// <summary>Cancelled when nobody reads the stream any more.</summary>
    public CancellationToken Stopping => stopping;

    /// <summary>Sends a document; never waits.</summary>
    public void Send<T>(string name, T document) =>
        events.TryWrite(new SseItem<string>(JsonSerializer.Serialize(document, json), name));

    /// <summary>Ends the stream.</summary>
    public void Close() => events.TryComplete();
}
