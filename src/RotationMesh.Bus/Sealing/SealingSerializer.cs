using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace RotationMesh.Bus.Sealing;

/// <summary>Seals each message when it is serialized; the transport takes its headers only after that.</summary>
internal sealed class SealingSerializer(MessageSeals seals) : IMessageSerializer
{
    private readonly SystemTextJsonMessageSerializer json = SystemTextJsonMessageSerializer.Instance;

    /// <inheritdoc/>
    public ContentType ContentType => json.ContentType;

    /// <summary>Called for each message that is sent or published.</summary>
    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        var body = json.GetMessageBody(context);
        context.Headers.Set(
            SealHeader.Name,
            seals.Seal(MessageUrn.ForTypeString<T>(), body.GetBytes()).ToString()
        );
        return body;
    }
}
