using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Connections;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>bullmq</c>: queues in Redis.</summary>
internal static class BullMqSection
{
    /// <summary>BullMQ's default prefix.</summary>
    private const string DefaultPrefix = "bull";

    // Jobs are meant to be short; a map with longer ones sets this.
    private static readonly TimeSpan DefaultDrainTimeout = TimeSpan.FromSeconds(60);

    internal static readonly KeySet Keys = new(
        Required: ["redis", "queues"],
        Optional: ["prefix", "drainTimeout", "caFile"]
    );

    /// <summary>Reads the gate.</summary>
    public static BullMqEntry Read(string name, MapNode node)
    {
        var fields = node.Fields(Keys);
        return new BullMqEntry(name, node.Line)
        {
            Redis = fields.Required("redis").Deferred(Redis),
            CaFile = fields.Optional("caFile")?.Text().Value,
            Prefix = fields.Optional("prefix")?.Text().Value ?? DefaultPrefix,
            Queues = Names.List(fields.Required("queues"), Check),
            DrainTimeout = fields.Optional("drainTimeout") is { } timeout
                ? DurationNodes.Read(timeout)
                : DefaultDrainTimeout,
        };
    }

    private static RedisAddress Redis(MapNode node)
    {
        try
        {
            return RedisUrl.Parse(node.Text().Value.Trim());
        }
        catch (FormatException reason)
        {
            throw node.Fault($"{node.Name}: {reason.Message}");
        }
    }

    // BullMQ refuses a colon in a queue's name, because it joins its keys with colons.
    private static void Check(MapNode node, MapText queue)
    {
        if (queue.Value.Contains(':', StringComparison.Ordinal))
            throw node.Fault($"a queue of {node.Name} has a colon in its name: write the prefix as 'prefix'");
    }
}
