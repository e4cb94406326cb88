using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>gates.workers</c>: a list of gates. Each item has one key, the kind of the gate.</summary>
internal static class WorkersSection
{
    internal static readonly KeySet Keys = new(
        Required: [],
        Optional:
        [
            BullMqEntry.Kind,
            RabbitMqEntry.Kind,
            PostgresEntry.Kind,
            HttpEntry.Kind,
            CommandEntry.Kind,
            KubernetesEntry.Kind,
        ]
    );

    /// <summary>Reads the gates in the order of the file, at least one.</summary>
    public static IEnumerable<GateEntry> Read(MapNode node, DeclaredNames declared)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in node.Items())
        {
            var (kind, settings) = Only(item);
            var number = seen[kind] = seen.GetValueOrDefault(kind) + 1;
            yield return Read(kind, number == 1 ? kind : $"{kind}-{number}", settings, declared);
        }
    }

    private static (string Kind, MapNode Settings) Only(MapNode item)
    {
        var fields = item.Fields(Keys);
        return item.Entries() is [var only]
            ? (only.Key, fields.Optional(only.Key)!)
            : throw item.Fault(
                $"an item of {item.Name} must have one key, the kind of the gate: one of {string.Join(", ", Keys.All)}. Begin another item with '-'"
            );
    }

    private static GateEntry Read(string kind, string name, MapNode node, DeclaredNames declared) =>
        kind switch
        {
            BullMqEntry.Kind => BullMqSection.Read(name, node),
            RabbitMqEntry.Kind => RabbitMqSection.Read(name, node),
            PostgresEntry.Kind => PostgresSection.Read(name, node, declared),
            HttpEntry.Kind => new HttpEntry(name, node.Line) { Expectation = HttpSection.Read(node) },
            CommandEntry.Kind => new CommandEntry(name, node.Line) { Run = CommandSection.Read(node) },
            _ => KubernetesSection.Read(name, node),
        };
}
