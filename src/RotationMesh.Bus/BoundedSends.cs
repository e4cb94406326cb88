using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.Bus;

/// <summary>
/// Sends that end although the broker never says whether it took a message. Where a connection breaks while a message is
/// written, RabbitMQ's client may wait for that answer for ever (rabbitmq-dotnet-client, issue 1930), and with it the
/// consumer that sends, its place in the queue, or a saga's transaction.
/// </summary>
internal static class BoundedSends
{
    /// <summary>Longest wait. A broker that holds all publishers back, for want of memory or disk, looks the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Longest time in which a send is tried again: a channel is opened again within a second, on a busy machine later.</summary>
    private static readonly TimeSpan Reopening = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs a send with a token that ends it in time. Throws <see cref="SendTimeoutException"/> where it did.</summary>
    public static Task WithinAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken) =>
        WithinAsync(Longest, send, cancellationToken);

    /// <inheritdoc cref="WithinAsync(Func{CancellationToken, Task}, CancellationToken)"/>
    public static async Task WithinAsync(
        TimeSpan longest,
        Func<CancellationToken, Task> send,
        CancellationToken cancellationToken
    )
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(longest);
        try
        {
            await send(bound.Token);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SendTimeoutException(longest, fault);
        }
    }

    /// <summary>
    /// Sends what an outbox keeps until the saga's transaction is committed; the time counts from this call. What ends then
    /// throws <see cref="OperationCanceledException"/>, and a nudge makes up for it.
    /// </summary>
    public static async Task SendLaterAsync(this ISendEndpointProvider outbox, string queue, object message)
    {
        var endpoint = await outbox.GetSendEndpoint(Queues.Address(queue));
        // Not disposed here: the outbox sends when this method has returned.
        var bound = new CancellationTokenSource(Longest);
        await endpoint.Send(message, message.GetType(), bound.Token);
    }

    /// <summary>
    /// Sends to one queue, and tries again for a moment: the channel that MassTransit sends by may have been closed
    /// since, as when RabbitMQ took another message of it back. The message may arrive twice. No token of a consumer that
    /// stops ends it: a result must be sent.
    /// </summary>
    public static async Task SendAgainAsync(this ISendEndpointProvider provider, string queue, object message)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await provider.SendAsync(queue, message, CancellationToken.None);
                return;
            }
            catch (OperationInterruptedException) when (TimeProvider.System.GetElapsedTime(began) < Reopening)
            {
                await Task.Delay(Pause);
            }
        }
    }

    /// <summary>Publishes in time.</summary>
    public static Task PublishAsync<T>(
        this IPublishEndpoint endpoint,
        T message,
        CancellationToken cancellationToken
    )
        where T : class => WithinAsync(token => endpoint.Publish(message, token), cancellationToken);

    /// <summary>Publishes in time what a consumer has to say.</summary>
    public static Task PublishAsync<T>(this ConsumeContext context, T message)
        where T : class => context.PublishAsync(message, context.CancellationToken);

    /// <summary>Sends to one queue in time, as the type that the message has.</summary>
    public static async Task SendAsync(
        this ISendEndpointProvider provider,
        string queue,
        object message,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await provider.GetSendEndpoint(Queues.Address(queue));
        await WithinAsync(token => endpoint.Send(message, message.GetType(), token), cancellationToken);
    }
}
