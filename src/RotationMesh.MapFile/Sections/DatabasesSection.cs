using RotationMesh.Core.Map;
using RotationMesh.MapFile.Connections;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>databases</c>: names that tables refer to, with their connection strings.</summary>
internal static class DatabasesSection
{
    internal static readonly KeySet Keys = new(Required: ["connectionString"], Optional: []);

    /// <summary>Reads the databases in the order of the file, at least one.</summary>
    public static IReadOnlyList<DatabaseEntry> Read(MapNode node)
    {
        DatabaseEntry[] databases = [.. node.Entries().Select(Read)];
        return databases.Length > 0
            ? databases
            : throw node.Fault("databases is empty: declare at least one database");
    }

    private static DatabaseEntry Read(MapEntry entry)
    {
        var connection = entry.Value.Fields(Keys).Required("connectionString");
        return new DatabaseEntry(entry.Key, ConnectionString.Read(connection), entry.Value.Line);
    }
}
