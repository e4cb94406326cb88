using System.Text.RegularExpressions;
using RotationMesh.Core;

namespace RotationMesh.Hosting;

/// <summary>
/// Finds variables that look like the program's and that nothing reads: most are mistyped. Those of the other programs are
/// known as well, as all of them may share one file of variables.
/// </summary>
public static class UnknownVariables
{
    private const string OfTests = ProgramVariable.Prefix + "TEST_";

    /// <summary>Kubernetes gives a pod this variable, and others like it, for each service of its namespace.</summary>
    private const string ServiceHost = "_SERVICE_HOST";

    /// <summary>
    /// Returns a warning for each of the names that begins like a variable of the programs and is none, with the nearest
    /// that is one. The text of the map at <paramref name="map"/> may name further ones; where there is no map, it names none.
    /// </summary>
    public static IReadOnlyList<string> Warn(IReadOnlyCollection<string> names, string map)
    {
        ArgumentNullException.ThrowIfNull(names);
        var unknown = names
            .Where(LooksLikeOurs)
            .Except(ProgramVariable.All.Select(variable => variable.Name))
            .Where(name => !IsServiceLink(name, names))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (unknown.Count == 0)
            return [];
        var text = TextOf(map);
        return [.. unknown.Where(name => !IsNamed(text, name)).Select(Warning)];
    }

    /// <summary>
    /// Returns a warning for each of the names, which the dotenv file alone sets, that is a variable of the programs and read
    /// from the environment only.
    /// </summary>
    public static IReadOnlyList<string> WarnOfFile(IReadOnlyCollection<string> names) =>
        [
            .. ProgramVariable
                .All.Where(variable => !variable.IsSecret && names.Contains(variable.Name))
                .Select(variable =>
                    $"{variable} is not read from the dotenv file: set it in the environment"
                ),
        ];

    private static bool LooksLikeOurs(string name) =>
        name.Length > ProgramVariable.Prefix.Length
        && name.StartsWith(ProgramVariable.Prefix, StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith(OfTests, StringComparison.Ordinal);

    private static bool IsServiceLink(string name, IEnumerable<string> names) =>
        names
            .Where(other => other.EndsWith(ServiceHost, StringComparison.Ordinal))
            .Select(other => other[..^ServiceHost.Length])
            .Any(service =>
                name.StartsWith($"{service}_SERVICE_", StringComparison.Ordinal)
                || name.StartsWith($"{service}_PORT", StringComparison.Ordinal)
            );

    // Whoever reads the map reports that it can't be read. A pipe can be read once, and is left to the same.
    private static string TextOf(string map)
    {
        try
        {
            using var stream = File.OpenRead(map);
            using var reader = new StreamReader(stream);
            return stream.CanSeek ? reader.ReadToEnd() : "";
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

    // In ${NAME} and ${NAME:-default}, and among the variables that a program of a gate gets.
    private static bool IsNamed(string text, string name) =>
        Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(name)}(?!\w)");

    private static string Warning(string name)
    {
        var near = NearNames.Of(
            name[ProgramVariable.Prefix.Length..],
            ProgramVariable.All.Select(variable => variable.Name[ProgramVariable.Prefix.Length..])
        );
        return near.Count == 0
            ? $"{name} is no variable of this program"
            : $"{name} is no variable of this program: did you mean {ProgramVariable.Prefix}{near[0]}?";
    }
}
