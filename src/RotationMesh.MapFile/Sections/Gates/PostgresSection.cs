using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>postgres</c>: sessions of the application, none of which may write.</summary>
internal static class PostgresSection
{
    internal static readonly KeySet Keys = new(Required: ["applicationName"], Optional: ["database"]);

    /// <summary>Reads the gate; its database is among those of <paramref name="declared"/>.</summary>
    public static PostgresEntry Read(string name, MapNode node, DeclaredNames declared)
    {
        var fields = node.Fields(Keys);
        return new PostgresEntry(name, node.Line)
        {
            Database = declared.Database(fields.Optional("database"), node),
            Applications = Names.OneOrMore(fields.Required("applicationName")),
        };
    }
}
