using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace RotationMesh.Bus.Sealing;

/// <summary>The one format that is sent and read over a broker.</summary>
internal sealed class BrokerSerialization(MessageSeals seals) : ISerializerFactory
{
    /// <inheritdoc/>
    public ContentType ContentType => SystemTextJsonMessageSerializer.JsonContentType;

    /// <inheritdoc/>
    public IMessageSerializer CreateSerializer() => new SealingSerializer(seals);

    /// <inheritdoc/>
    public IMessageDeserializer CreateDeserializer() => new EnvelopeReader();

    /// <summary>Makes this the only format, so that a message's content type can't ask for another.</summary>
    public static void Use(IBusFactoryConfigurator bus, MessageSeals seals)
    {
        ArgumentNullException.ThrowIfNull(bus);
        var only = new BrokerSerialization(seals);
        bus.ClearSerialization();
        bus.AddSerializer(only);
        bus.AddDeserializer(only, isDefault: true);
    }
}
