using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>rabbitmq</c>: queues that nothing consumes from.</summary>
internal static class RabbitMqSection
{
    private const string DefaultVirtualHost = "/";

    internal static readonly KeySet Keys = new(Required: ["management", "queues"], Optional: ["vhost"]);

    /// <summary>Reads the gate.</summary>
    public static RabbitMqEntry Read(string name, MapNode node)
    {
        var fields = node.Fields(Keys);
        return new RabbitMqEntry(name, node.Line)
        {
            Management = fields.Required("management").Deferred(HttpSection.Url),
            VirtualHost = fields.Optional("vhost")?.Text().Value ?? DefaultVirtualHost,
            Queues = Names.List(fields.Required("queues")),
        };
    }
}
