using System.Buffers;
using System.Text;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Splits PostgreSQL's literal of an array, a row or an hstore (8.15.2 "Array Value Input", 8.16.2, F.18) into its texts:
/// what stands in double quotes, without its escapes, and what stands between the separators.
/// </summary>
internal static class LiteralParts
{
    private const string Separators = "{}()[],";

    /// <summary>Characters of an escape such as <c>\u002b</c>.</summary>
    private const int JsonEscape = 6;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Returns the parts in their order; NULL and numbers are parts as well.</summary>
    public static IEnumerable<string> Of(string literal)
    {
        var part = new StringBuilder();
        var quoted = false;
        for (var at = 0; at < literal.Length; at++)
        {
            var character = literal[at];
            if (character == '\\' && at + 1 < literal.Length && !IsEscape(literal.AsSpan(at)))
                part.Append(literal[++at]);
            else if (character == '"' && quoted && at + 1 < literal.Length && literal[at + 1] == '"')
                part.Append(literal[++at]);
            else if (character == '"')
            {
                quoted = !quoted;
                if (part.Length > 0)
                    yield return part.ToString();
                part.Clear();
            }
            else if (!quoted && Separators.Contains(character, StringComparison.Ordinal))
            {
                if (part.Length > 0)
                    yield return part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(character);
            }
        }

        if (part.Length > 0)
            yield return part.ToString();
    }

    // An escape of JSON, which no literal has: the text is a line of a log, or a document that was cut short.
    private static bool IsEscape(ReadOnlySpan<char> text) =>
        text.Length >= JsonEscape && text[1] == 'u' && !text[2..JsonEscape].ContainsAnyExcept(HexDigits);
}
