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

    // Ends at the last quote, as code goes on after it. A hole of a raw literal has as many braces as the literal has dollars.
    private void ReadLiteral()
    {
        var marks = Marks();
        var braces = new string('{', marks.Count(mark => mark == '$'));
        var quotes = Is(RawQuotes) ? RawQuotes : "\"";
        var isRaw = quotes.Length > 1;
        var text = new StringBuilder();
        for (at += quotes.Length; !Is(quotes); at++)
        {
            if (braces.Length > 0 && Is(braces) && (isRaw || !Is("{{")))
            {
                at += braces.Length;
                ReadCode(isHole: true);
                at += braces.Length - 1;
                text.Append(Hole);
                continue;
            }

            if (
                !isRaw
                && (
                    source[at] == '\\' && !marks.Contains('@')
                    || braces.Length > 0 && source[at] is '{' or '}'
                )
            )
                at++;
            text.Append(source[at]);
        }

        at += quotes.Length - 1;
        found.Add(text.ToString());
    }

    private string Marks()
    {
        var start = at;
        while (start > 0 && source[start - 1] is '$' or '@')
            start--;
        return source[start..at];
    }

    private bool Is(string text) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;
}
