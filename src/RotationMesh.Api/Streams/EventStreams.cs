using System.Net.ServerSentEvents;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RotationMesh.Api.Answers;
using RotationMesh.Api.Limits;
using RotationMesh.Api.Logging;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace RotationMesh.Api.Streams;

/// <summary>
/// Makes streams of events. A stream ends with the work behind it, when the caller disconnects, or when the coordinator
/// stops. It sends keep-alives, so that both ends notice a lost connection.
/// </summary>
internal sealed class EventStreams(
    IHostApplicationLifetime lifetime,
    StreamSeats seats,
    IOptions<JsonOptions> json,
    ILogger<EventStreams> log
)
{
    /// <summary>Buffered events for a slow reader; the oldest are dropped, since each event holds the whole state.</summary>
    private const int Ahead = 4;

    /// <summary>Streams the events that <paramref name="work"/> sends.</summary>
    public ServerSentEventsResult<string> Send(HttpContext context, Func<EventSender, Task> work)
    {
        seats.Take(context);
        return Begin(context, EventsAsync(context, work));
    }

    /// <summary>
    /// Streams the progress of an inspection, and then its result. Rethrows a failure before the first event, so that the
    /// caller gets an error status and not an event.
    /// </summary>
    public async Task<ServerSentEventsResult<string>> InspectAsync<T>(
        HttpContext context,
        Func<IProgress<ProgressDocument>, CancellationToken, Task<T>> inspect
    )
    {
        seats.Take(context);
        Exception? failure = null;
        var events = EventsAsync(context, WorkAsync).GetAsyncEnumerator(CancellationToken.None);
        var any = await events.MoveNextAsync();
        if (any && events.Current.EventType == ApiEvents.Error && failure is not null)
        {
            await events.DisposeAsync();
            ExceptionDispatchInfo.Throw(failure);
        }

        return Begin(context, RestAsync(events, any));

        async Task WorkAsync(EventSender sender)
        {
            try
            {
                sender.Send(ApiEvents.Result, await inspect(new ProgressEvents(sender), sender.Stopping));
            }
            catch (Exception fault)
            {
                failure = fault;
                throw;
            }
        }
    }

    private static ServerSentEventsResult<string> Begin(
        HttpContext context,
        IAsyncEnumerable<SseItem<string>> events
    )
    {
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        return TypedResults.ServerSentEvents(events);
    }

    private static async IAsyncEnumerable<SseItem<string>> RestAsync(
        IAsyncEnumerator<SseItem<string>> events,
        bool any
    )
    {
        await using var source = events;
        for (; any; any = await events.MoveNextAsync())
            yield return events.Current;
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(
        HttpContext context,
        Func<EventSender, Task> work
    )
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        var events = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(Ahead) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        var sender = new EventSender(events.Writer, json.Value.SerializerOptions, stopping.Token);
        var working = Task.Run(() => WorkAsync(context, work, sender), CancellationToken.None);
        try
        {
            var more = events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            while (!stopping.IsCancellationRequested)
            {
                if (await Task.WhenAny(more, Task.Delay(ApiEvents.KeepAliveInterval, stopping.Token)) != more)
                {
                    if (!stopping.IsCancellationRequested)
                        yield return new SseItem<string>("{}", ApiEvents.Alive);
                    continue;
                }

                if (!await more)
                    yield break;
                while (events.Reader.TryRead(out var next))
                    yield return next;
                more = events.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            }
        }
        finally
        {
            await stopping.CancelAsync();
            await working;
        }
    }

    private async Task WorkAsync(HttpContext context, Func<EventSender, Task> work, EventSender events)
    {
        try
        {
            await work(events);
        }
        catch (Exception) when (events.Stopping.IsCancellationRequested)
        {
            // Nobody reads the stream any more.
        }
        catch (Exception fault)
        {
            var problem = FaultProblems.OfCaller(fault);
            if (problem is null)
                ApiLog.StreamFailed(log, context.TraceIdentifier, fault);
            events.Send(ApiEvents.Error, problem ?? FaultProblems.OfOurs(context));
        }
        finally
        {
            events.Close();
        }
    }
}
