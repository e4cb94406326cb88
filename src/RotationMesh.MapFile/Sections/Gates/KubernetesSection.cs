using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>kubernetes</c>: a Deployment without a replica.</summary>
internal static class KubernetesSection
{
    private const string DefaultNamespace = "default";

    internal static readonly KeySet Keys = new(Required: ["deployment"], Optional: ["namespace"]);

    /// <summary>Reads the gate.</summary>
    public static KubernetesEntry Read(string name, MapNode node)
    {
        var fields = node.Fields(Keys);
        return new KubernetesEntry(name, node.Line)
        {
            Deployment = fields.Required("deployment").Text().Value,
            Namespace = fields.Optional("namespace")?.Text().Value ?? DefaultNamespace,
        };
    }
}
