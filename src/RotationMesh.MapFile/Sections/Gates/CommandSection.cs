using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads a program to run, with its arguments.</summary>
internal static class CommandSection
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    internal static readonly KeySet Keys = new(
        Required: ["run"],
        Optional: ["timeout", EnvironmentSection.Key]
    );

    /// <summary>Reads the program, its arguments and how long it may run.</summary>
    public static CommandLine Read(MapNode node)
    {
        var fields = node.Fields(Keys);
        var run = fields.Required("run");
        string[] words = run.IsList ? [.. run.Items().Select(item => item.Text().Value)] : [run.Text().Value];
        return new CommandLine(
            words[0],
            words[1..],
            fields.Optional("timeout") is { } timeout ? DurationNodes.Read(timeout) : DefaultTimeout
        )
        {
            Environment = EnvironmentSection.Read(fields.Optional(EnvironmentSection.Key)),
        };
    }
}
