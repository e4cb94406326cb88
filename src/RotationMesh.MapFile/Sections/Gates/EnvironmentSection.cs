using System.Text.RegularExpressions;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections.Gates;

/// <summary>Reads <c>environment</c>: the names of the variables that a program gets.</summary>
internal static partial class EnvironmentSection
{
    /// <summary>The key of the map.</summary>
    public const string Key = "environment";

    private const string OfMasterKeys = "MASTER_ENCRYPTION_";

    /// <summary>Reads the names in the order of the file; none where the map has no such list.</summary>
    public static IReadOnlyList<string> Read(MapNode? node) =>
        node is null ? [] : [.. node.Items().Select(Name)];

    private static string Name(MapNode item)
    {
        var name = item.Text().Value;
        if (!Form().IsMatch(name))
            throw item.Fault(
                $"{item.Name} is not the name of a variable: give names such as PGHOST, without values"
            );
        return name.StartsWith(OfMasterKeys, StringComparison.Ordinal)
            ? throw item.Fault($"{name} is not given to programs: master keys do not leave this process")
            : name;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
