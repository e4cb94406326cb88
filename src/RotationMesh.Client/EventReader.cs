using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Reads a stream of events, and notices when it has gone silent.</summary>
internal static class EventReader
{
    /// <summary>Events until the stream ends. Throws <see cref="TimeoutException"/> after <see cref="ApiEvents.KeepAliveTimeout"/> of silence.</summary>
    public static async IAsyncEnumerable<StreamedEvent> ReadAsync(
        Stream body,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var events = SseParser
            .Create(body)
            .EnumerateAsync(silent.Token)
            .GetAsyncEnumerator(silent.Token);
        while (true)
        {
            silent.CancelAfter(ApiEvents.KeepAliveTimeout);
            if (!await events.MoveNextAsync())
                yield break;
            if (events.Current.EventType != ApiEvents.Alive)
                yield return new StreamedEvent(events.Current.EventType, events.Current.Data);
        }
    }
}
