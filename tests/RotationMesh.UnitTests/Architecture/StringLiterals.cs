using System.Text;

namespace RotationMesh.UnitTests.Architecture;

/// <summary>The string literals of a C# source, each with <see cref="Hole"/> for what is interpolated, in the order of their ends.</summary>
internal sealed class StringLiterals
{
    public const char Hole = '§';

    private const string RawQuotes = "\"\"\"";

    private readonly List<string> found = [];
    private readonly string source;
    private int at;

    private StringLiterals(string source) => this.source = source;

    public static IReadOnlyList<string> Of(string source)
    {
        var literals = new StringLiterals(source);
        literals.ReadCode(isHole: false);
        return literals.found;
    }

    private void ReadCode(bool isHole)
    {
        for (var depth = 0; at < source.Length; at++)
        {
            if (Is("//"))
                at = source.IndexOf('\n', at) is >= 0 and var end ? end : source.Length;
            else if (source[at] == '"')
                ReadLiteral();
            else if (source[at] == '\'')
                at = source.IndexOf('\'', at + (source[at + 1] == '\\' ? 3 : 2));
            else if (source[at] == '{')
                depth++;
            else if (source[at] == '}' && depth-- == 0 && isHole)
                return;
        }
    }

    // Ends at the last quote, as code goes on after it.
    private void ReadLiteral()
    {
        var (isInterpolated, isVerbatim) = (Before('$'), Before('@'));
        var quotes = Is(RawQuotes) ? RawQuotes : "\"";
        var text = new StringBuilder();
        for (at += quotes.Length; !Is(quotes); at++)
        {
            if (isInterpolated && source[at] == '{' && source[at + 1] != '{')
            {
                at++;
                ReadCode(isHole: true);
                text.Append(Hole);
                continue;
            }

            if (
                quotes.Length == 1 && !isVerbatim && source[at] == '\\'
                || isInterpolated && source[at] is '{' or '}'
            )
                at++;
            text.Append(source[at]);
        }

        at += quotes.Length - 1;
        found.Add(text.ToString());
    }

    private bool Before(char mark) =>
        at > 0
        && (source[at - 1] == mark || (at > 1 && source[at - 1] is '$' or '@' && source[at - 2] == mark));

    private bool Is(string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;
}
