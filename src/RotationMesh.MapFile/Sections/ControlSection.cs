using RotationMesh.Core.Map;
using RotationMesh.MapFile.Connections;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>control</c>: the database of saga, ledger and audit log.</summary>
internal static class ControlSection
{
    internal static readonly KeySet Keys = new(Required: ["connectionString"], Optional: []);

    /// <summary>Returns its connection string, or that of the first database where the map has no such section.</summary>
    public static string Read(MapNode? node, IReadOnlyList<DatabaseEntry> databases) =>
        node is null
            ? databases[0].ConnectionString
            : ConnectionString.Read(node.Fields(Keys).Required("connectionString"));
}
