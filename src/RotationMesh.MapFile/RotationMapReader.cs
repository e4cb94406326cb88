using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;
using RotationMesh.MapFile.Sections;
using RotationMesh.MapFile.Sections.Gates;

namespace RotationMesh.MapFile;

/// <summary>Reads a rotation map from its YAML file.</summary>
public static class RotationMapReader
{
    /// <summary>The keys of the document.</summary>
    internal static readonly KeySet Keys = new(
        Required: ["databases", "formats", "scopes"],
        Optional: ["control", "keys", "gates", "verify", "postChecks"]
    );

    /// <summary>
    /// Reads and checks the map at <paramref name="path"/>; <paramref name="variable"/> returns the value of a variable,
    /// or null. Throws <see cref="UsageException"/> for the first fault: one line that starts with file and line, and
    /// never contains a variable's value or a connection string. Without <paramref name="usesControl"/> the section
    /// <c>control</c> is not read: a program that does not use the control database need not know where it is.
    /// </summary>
    public static RotationMap Read(string path, Func<string, string?> variable, bool usesControl = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(variable);
        var fields = MapDocument.Root(new MapSource(path, variable)).Fields(Keys);
        KeysSection.Check(fields.Optional("keys"));
        var control = fields.Optional("control");
        var databases = DatabasesSection.Read(fields.Required("databases"));
        var formats = FormatsSection.Read(fields.Required("formats"));
        var declared = new DeclaredNames(
            [.. databases.Select(database => database.Name)],
            [.. formats.Select(format => format.Name)]
        );
        return new RotationMap
        {
            Path = path,
            Databases = databases,
            ControlConnectionString = ControlSection.Read(usesControl ? control : null, databases),
            ControlLine = control?.Line ?? databases[0].Line,
            Formats = formats,
            Scopes = ScopesSection.Read(fields.Required("scopes"), declared),
            Gates = GatesSection.Read(fields.Optional("gates"), declared),
            Verify = VerifySection.Read(fields.Optional("verify")),
            PostChecks = PostChecksSection.Read(fields.Optional("postChecks")),
        };
    }
}
