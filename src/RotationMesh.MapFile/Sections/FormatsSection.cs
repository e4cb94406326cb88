using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>formats</c>: envelope formats by name, with their parameters.</summary>
internal static class FormatsSection
{
    internal static readonly KeySet Keys = new(Required: ["kind", "salt", "info"], Optional: []);

    private static readonly string[] Kinds = [HkdfAes256Gcm.Kind];
    private static readonly string[] InfoFields = ["{tenant}", "{context}"];

    /// <summary>Reads the formats in the order of the file, at least one.</summary>
    public static IReadOnlyList<FormatEntry> Read(MapNode node)
    {
        FormatEntry[] formats = [.. node.Entries().Select(Read)];
        return formats.Length > 0
            ? formats
            : throw node.Fault("formats is empty: declare at least one envelope format");
    }

    private static FormatEntry Read(MapEntry entry)
    {
        var fields = entry.Value.Fields(Keys);
        return new FormatEntry(
            entry.Key,
            Kind(fields.Required("kind")),
            fields.Required("salt").Text().Value,
            Info(fields.Required("info"))
        );
    }

    private static string Kind(MapNode node)
    {
        var kind = node.Text();
        if (Kinds.Contains(kind.Value))
            return kind.Value;
        var hint = kind.MayBeShown ? NearNames.Hint(kind.Value, Kinds) : "";
        throw node.Fault($"unknown format kind {kind.Quoted}.{hint} Known kinds: {string.Join(", ", Kinds)}");
    }

    // Without both fields, tenants or columns would share a derived key, and swapped values would go unnoticed.
    private static string Info(MapNode node)
    {
        var info = node.Text().Value;
        return
            InfoFields.FirstOrDefault(field => !info.Contains(field, StringComparison.Ordinal)) is { } missing
            ? throw node.Fault(
                $"{node.Name} lacks {missing}: the template must hold {{tenant}} and {{context}}"
            )
            : info;
    }
}
