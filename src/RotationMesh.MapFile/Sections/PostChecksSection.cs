using System.Text.RegularExpressions;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads <c>postChecks</c>: the requests to the application once a rotation has been verified.</summary>
internal static partial class PostChecksSection
{
    // An export takes longer than a status request, and only the end of the rotation waits for it.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    internal static readonly KeySet Keys = new(
        Required: ["name", .. HttpSection.Keys.Required],
        Optional: HttpSection.Keys.Optional
    );

    /// <summary>Reads the checks in the order of the file; none where the map has no such section.</summary>
    public static IReadOnlyList<PostCheckEntry> Read(MapNode? node)
    {
        if (node is null)
            return [];
        var checks = new List<PostCheckEntry>();
        foreach (var item in node.Items())
        {
            var fields = item.Fields(Keys);
            var name = Name(fields.Required("name"));
            if (checks.Any(check => check.Name == name))
                throw item.Fault($"{item.Name} has two checks of the name '{name}': each needs its own");
            checks.Add(new PostCheckEntry(name, HttpSection.Read(item, fields, DefaultTimeout)));
        }

        return checks;
    }

    private static string Name(MapNode node) =>
        NameForm().IsMatch(node.Text().Value)
            ? node.Text().Value
            : throw node.Fault(
                $"{node.Name} must be 1 to 64 letters, digits, '.', '_' and '-': it stands in the audit log"
            );

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex NameForm();
}
