using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Reads a stream of events, and cancels the reading when the stream is silent for too long.</summary>
internal static class EventReader
{
    /// <summary>
    /// Returns the events until the stream ends, without keep-alives. Throws <see cref="OperationCanceledException"/> after
    /// <see cref="ApiEvents.KeepAliveTimeout"/> of silence.
    /// </summary>
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
