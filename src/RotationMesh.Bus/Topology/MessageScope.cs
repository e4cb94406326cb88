using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Opens a log scope while a message is handled. It names the rotation, and the partition, scope and attempt where the
/// message has them.
/// </summary>
internal sealed class MessageScope<T>(ILogger<MessageScope<T>> log) : IFilter<ConsumeContext<T>>
    where T : class
{
    private static readonly Func<T, Guid>? Rotation = Reader<Guid>("RotationId");
    private static readonly Func<T, long>? Partition = Reader<long>("PartitionId");
    private static readonly Func<T, int>? Attempt = Reader<int>("Attempt");
    private static readonly Func<T, string>? Scope = Reader<string>("Scope");
    private static readonly Func<T, PartitionRef>? Whole = Reader<PartitionRef>("Partition");

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        using var scope = Rotation is null ? null : log.BeginScope(Names(context.Message));
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("message-scope");

    private static Dictionary<string, object> Names(T message)
    {
        var names = new Dictionary<string, object> { ["RotationId"] = Rotation!(message) };
        var whole = Whole?.Invoke(message);
        if (Partition is not null || whole is not null)
            names["PartitionId"] = whole?.PartitionId ?? Partition!(message);
        if (Attempt is not null || whole is not null)
            names["Attempt"] = whole?.Attempt ?? Attempt!(message);
        if ((whole?.Scope ?? Scope?.Invoke(message)) is { } of)
            names["Scope"] = of;
        return names;
    }

    private static Func<T, TValue>? Reader<TValue>(string name) =>
        typeof(T).GetProperty(name, BindingFlags.Public | BindingFlags.Instance) is { } property
        && property.PropertyType == typeof(TValue)
            ? property.GetMethod!.CreateDelegate<Func<T, TValue>>()
            : null;
}
