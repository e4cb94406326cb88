using System.Reflection;
using System.Text.RegularExpressions;

namespace RotationMesh.Control.Schema;

/// <summary>The migrations that come with the program, by the names under which the journal keeps them.</summary>
internal static partial class MigrationScripts
{
    /// <summary>
    /// Prefix of the names in the journal; the rest is the name of the file. It is the folder of the first releases: under
    /// another name every migration would run again.
    /// </summary>
    private const string Folder = "RotationMesh.Postgres.Control.Migrations.";

    private static readonly Assembly Here = typeof(MigrationScripts).Assembly;

    /// <summary>Their names, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. Here.GetManifestResourceNames().Where(IsOne).Order(StringComparer.Ordinal)];

    private static readonly Dictionary<string, string[]> Tables = Names.ToDictionary(
        name => name,
        ReadTables
    );

    /// <summary>Whether a resource of this assembly is a migration.</summary>
    public static bool IsOne(string resource) => resource.StartsWith(Folder, StringComparison.Ordinal);

    /// <summary>Names of the tables that a migration creates.</summary>
    public static IReadOnlyList<string> Creates(string name) => Tables[name];

    /// <summary>The name as an operator knows it: <c>0003_partitions</c>.</summary>
    public static string Short(string name) =>
        (IsOne(name) ? name[Folder.Length..] : name).Replace(".sql", "", StringComparison.Ordinal);

    /// <summary>Returns the statements of a migration.</summary>
    public static string Read(string name)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string[] ReadTables(string name) =>
        [.. Creation().Matches(Read(name)).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"^CREATE TABLE rotationmesh\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Creation();
}
