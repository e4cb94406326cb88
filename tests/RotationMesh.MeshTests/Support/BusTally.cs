using System.Collections.Concurrent;
using MassTransit;

namespace RotationMesh.MeshTests.Support;

/// <summary>
/// Counts what the bus has done for good: messages settled (after all retries and all publishing) and messages published,
/// by type. Tests wait for a count, never for a time.
/// </summary>
public sealed class BusTally : IReceiveObserver, IPublishObserver, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Type, int> published = new();
    private readonly SemaphoreSlim settled = new(0);

    /// <summary>Throws the next time a message of this type is about to be published, and only then.</summary>
    public Type? FailOncePublishing { get; set; }

    /// <summary>The type of the exception that ended a message last, by its full name.</summary>
    public string? LastFault { get; private set; }

    public int Published<T>()
        where T : class => published.GetValueOrDefault(typeof(T));

    public int Faulted<T>()
        where T : class => Published<Fault<T>>();

    /// <summary>Returns when this many more messages are settled.</summary>
    public async Task Settle(int messages)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        for (var i = 0; i < messages; i++)
            await settled.WaitAsync(deadline.Token);
    }

    public void Dispose() => settled.Dispose();

    public Task PostReceive(ReceiveContext context)
    {
        settled.Release();
        return Task.CompletedTask;
    }

    public Task ReceiveFault(ReceiveContext context, Exception exception) => PostReceive(context);

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class
    {
        if (FailOncePublishing != typeof(T))
            return Task.CompletedTask;
        FailOncePublishing = null;
        throw new InvalidOperationException("the broker does not answer");
    }

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class
    {
        if (context.Message is Fault fault)
            LastFault = fault.Exceptions[0].ExceptionType;
        published.AddOrUpdate(typeof(T), 1, (_, count) => count + 1);
        return Task.CompletedTask;
    }

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(
        ConsumeContext<T> context,
        TimeSpan duration,
        string consumerType,
        Exception exception
    )
        where T : class => Task.CompletedTask;
}
