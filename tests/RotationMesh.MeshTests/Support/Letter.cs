using System.Reflection;
using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.MeshTests.Support;

/// <summary>
/// A message of a rotation as it comes off the transport, before any consumer, or batch of messages, gets it: what a filter
/// of a whole endpoint needs to lose it or to send it once more.
/// </summary>
internal sealed record Letter(Type Kind, Guid RotationId, object Message, Func<Task> Discard)
{
    private const string Mark = "copy";

    private static readonly IReadOnlyList<Func<ConsumeContext, Letter?>> Readers =
    [
        .. typeof(StartRotation)
            .Assembly.GetExportedTypes()
            .Where(type => type.GetProperty(nameof(RotationId)) is not null)
            .Select(type =>
                typeof(Letter)
                    .GetMethod(nameof(ReadAs), BindingFlags.Static | BindingFlags.NonPublic)!
                    .MakeGenericMethod(type)
                    .CreateDelegate<Func<ConsumeContext, Letter?>>()
            ),
    ];

    /// <summary>The letter; null where it is no rotation's, or a copy that a filter has sent.</summary>
    public static Letter? Of(ConsumeContext context) =>
        context.Headers.Get<bool>(Mark) is true
            ? null
            : Readers.Select(read => read(context)).FirstOrDefault(letter => letter is not null);

    /// <summary>Sends a copy to a queue, where filters let it pass.</summary>
    public async Task CopyAsync(ISendEndpointProvider bus, Uri queue)
    {
        var endpoint = await bus.GetSendEndpoint(queue);
        await endpoint.Send(
            Message,
            Kind,
            Pipe.Execute<SendContext>(sent => sent.Headers.Set(Mark, true)),
            CancellationToken.None
        );
    }

    // What nobody consumes would go to the dead letters.
    private static Letter? ReadAs<T>(ConsumeContext context)
        where T : class =>
        context.TryGetMessage<T>(out var typed)
            ? new Letter(
                typeof(T),
                (Guid)typeof(T).GetProperty(nameof(RotationId))!.GetValue(typed.Message)!,
                typed.Message,
                () => typed.NotifyConsumed(TimeSpan.Zero, nameof(Letter))
            )
            : null;
}
