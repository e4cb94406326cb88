using System.Net.Mime;
using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Serialization;

namespace RotationMesh.Bus.Sealing;

/// <summary>
/// Reads messages without the addresses of their envelopes. Where a message fails, MassTransit sends an answer to its fault
/// or response address with the consumer's rights, and such an address may even bind exchanges. Nothing here asks and waits
/// for an answer, so the addresses are ignored.
/// </summary>
internal sealed class EnvelopeReader : IMessageDeserializer
{
    private readonly SystemTextJsonMessageSerializer json = SystemTextJsonMessageSerializer.Instance;

    /// <inheritdoc/>
    public ContentType ContentType => json.ContentType;

    /// <summary>Called for each message that arrives, whatever format it claims.</summary>
    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        ArgumentNullException.ThrowIfNull(receiveContext);
        var envelope = json.Deserialize(
            receiveContext.Body,
            receiveContext.TransportHeaders,
            receiveContext.InputAddress
        );
        if (
            !receiveContext.TryGetPayload<SealExamination>(out var examination)
            || envelope.SupportedMessageTypes is not [var type]
            || type != examination.Type
        )
            throw new SerializationException("the message is of another type than its seal says");
        return new WithoutAddresses(receiveContext, envelope);
    }

    /// <inheritdoc/>
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        json.Deserialize(body, headers, destinationAddress);

    /// <inheritdoc/>
    public MessageBody GetMessageBody(string text) => json.GetMessageBody(text);

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => json.Probe(context);

    private sealed class WithoutAddresses(ReceiveContext receive, SerializerContext envelope)
        : BodyConsumeContext(receive, envelope)
    {
        public override Uri SourceAddress => null!;

        public override Uri DestinationAddress => ReceiveContext.InputAddress;

        public override Uri ResponseAddress => null!;

        public override Uri FaultAddress => null!;

        // A message that failed is in the log and among the dead letters.
        protected override Task GenerateFault<T>(ConsumeContext<T> context, Exception exception) =>
            Task.CompletedTask;
    }
}
