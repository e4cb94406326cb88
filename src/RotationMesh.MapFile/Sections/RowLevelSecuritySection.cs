using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>rowLevelSecurity</c> of a table.</summary>
internal static class RowLevelSecuritySection
{
    internal static readonly KeySet Keys = new(Required: ["setting"], Optional: ["tenants"]);

    /// <summary>
    /// Reads the setting that policies read, and the query that lists tenants; null where the table has no such key.
    /// </summary>
    public static RowLevelSecurity? Read(MapNode? node)
    {
        if (node is null)
            return null;
        var fields = node.Fields(Keys);
        return new RowLevelSecurity(
            fields.Required("setting").Text().Value,
            fields.Optional("tenants")?.Text().Value
        );
    }

    /// <summary>Whether the setting or the query contains a variable.</summary>
    public static bool IsFromVariable(MapNode? node) =>
        node?.Fields(Keys) is { } fields
        && (
            fields.Required("setting").Text().IsFromVariable
            || fields.Optional("tenants")?.Text().IsFromVariable == true
        );
}
