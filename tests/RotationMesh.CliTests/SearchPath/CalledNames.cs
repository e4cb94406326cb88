using System.Text.RegularExpressions;

namespace RotationMesh.CliTests.SearchPath;

/// <summary>What statements call by name, whether or not they say in which schema it is. Keywords may be among the functions.</summary>
internal sealed partial class CalledNames
{
    /// <summary>Reads them from the statements' texts.</summary>
    public CalledNames(IEnumerable<string> statements)
    {
        foreach (var statement in statements)
        {
            var bare = Quoted().Replace(statement, "''");
            Functions.UnionWith(
                Call().Matches(bare).Select(match => match.Groups[1].Value.ToLowerInvariant())
            );
            Types.UnionWith(Cast().Matches(bare).Select(match => match.Groups[1].Value.ToLowerInvariant()));
            Operators.UnionWith(Operator().Matches(bare).Select(match => match.Value));
        }
    }

    public SortedSet<string> Functions { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Types { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Operators { get; } = new(StringComparer.Ordinal);

    [GeneratedRegex("""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/""")]
    private static partial Regex Quoted();

    [GeneratedRegex("""(\w+)\s*\(""")]
    private static partial Regex Call();

    [GeneratedRegex("""::\s*(?:pg_catalog\.)?(\w+)""")]
    private static partial Regex Cast();

    [GeneratedRegex("""[-+*/<>=~!@#%^&|?]+""")]
    private static partial Regex Operator();
}
