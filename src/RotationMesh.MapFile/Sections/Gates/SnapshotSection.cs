using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>gates.snapshot</c>: how old the newest snapshot may be, and where its age is read from.</summary>
internal static class SnapshotSection
{
    private static readonly string[] Sources = ["pgbackrest", "command", "file"];

    internal static readonly KeySet Keys = new(Required: ["maxAge"], Optional: Sources);

    internal static readonly KeySet PgBackRestKeys = new(
        Required: ["stanza"],
        Optional: [EnvironmentSection.Key]
    );

    /// <summary>Reads the gate.</summary>
    public static SnapshotEntry Read(MapNode node)
    {
        var fields = node.Fields(Keys);
        string[] given = [.. Sources.Where(source => fields.Optional(source) is not null)];
        if (given.Length > 1)
            throw node.Fault(
                $"{node.Name} has {string.Join(" and ", given)}: the age of a snapshot is read from one place"
            );
        return new SnapshotEntry(node.Line)
        {
            MaxAge = DurationNodes.Read(fields.Required("maxAge")),
            Source = given is [var source] ? Source(source, fields.Optional(source)!) : null,
        };
    }

    private static SnapshotSource Source(string source, MapNode node) =>
        source switch
        {
            "pgbackrest" => PgBackRest(node.Fields(PgBackRestKeys)),
            "command" => new CommandSource(CommandSection.Read(node)),
            _ => new FileSource(node.Text().Value),
        };

    private static PgBackRestSource PgBackRest(MapFields fields) =>
        new(fields.Required("stanza").Text().Value)
        {
            Environment = EnvironmentSection.Read(fields.Optional(EnvironmentSection.Key)),
        };
}
