using System.Text;
using RotationMesh.Core;

namespace RotationMesh.Hosting;

/// <summary>
/// Parses a dotenv file: <c>NAME=value</c> or <c>NAME: value</c>, optional <c>export</c>, comments. A value is bare, or in
/// single quotes or backticks (verbatim), or in double quotes (with <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\"</c>, <c>\\</c> and
/// <c>\$</c>); a quoted value may span lines. The last of several values of a name counts. <c>$NAME</c> is not substituted,
/// since a key may hold a dollar sign.
/// </summary>
internal sealed class DotEnvParser(string path, string text)
{
    // Lines end with \n, \r\n or \r; each becomes \n, also inside a value.
    private readonly string text = text.TrimStart('\uFEFF')
        .Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace('\r', '\n');

    private readonly Dictionary<string, DotEnvValue> values = [];
    private int at;
    private int line = 1;

    /// <summary>Returns all variables. Throws <see cref="UsageException"/> for a line that it can't parse.</summary>
    public Dictionary<string, DotEnvValue> Parse()
    {
        for (SkipBlankLines(); at < text.Length; SkipBlankLines())
        {
            if (text[at] == '#')
                at = LineEnd;
            else
                ReadVariable();
        }

        return values;
    }

    private int LineEnd => text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;

    private void SkipBlankLines()
    {
        for (; at < text.Length && char.IsWhiteSpace(text[at]); at++)
            line += text[at] == '\n' ? 1 : 0;
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] != '\n' && char.IsWhiteSpace(text[at]))
            at++;
    }

    private void ReadVariable()
    {
        var name = ReadName();
        if (name == "export" && at < text.Length && char.IsWhiteSpace(text[at]) && !IsAssignment(at))
        {
            SkipBlanks();
            name = ReadName();
        }

        SkipToValue();
        var start = at;
        SkipBlanks();
        var value =
            at < text.Length && text[at] is '"' or '\'' or '`'
                ? ReadQuoted(text[at])
                : ReadBare(afterBlank: at > start);
        if (values.TryGetValue(name, out var earlier) && earlier.Text != value.Text)
            value = value with
            {
                Others = [.. value.Others, new(earlier.Text, "as the file sets it in an earlier line")],
            };
        values[name] = value;
    }

    private string ReadName()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-'))
            at++;
        return at == start ? throw Fault("expected NAME=value") : text[start..at];
    }

    // Whether an equals sign follows, after optional blanks: then "export" is itself the name.
    private bool IsAssignment(int from)
    {
        while (from < text.Length && text[from] is ' ' or '\t')
            from++;
        return from < text.Length && text[from] == '=';
    }

    private void SkipToValue()
    {
        if (at < text.Length && text[at] == ':' && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1])))
        {
            at++;
            return;
        }

        SkipBlanks();
        if (at >= text.Length || text[at] != '=')
            throw Fault("expected NAME=value");
        at++;
    }

    private DotEnvValue ReadQuoted(char quote)
    {
        var (value, kept) = (new StringBuilder(), new StringBuilder());
        var (start, lines) = (at, 0);
        for (at++; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                EndQuoted();
                line += lines;
                var (taken, other) = (value.ToString(), kept.ToString());
                return new(
                    taken,
                    taken == other ? [] : [new(other, "with its backslashes kept, as some dotenv readers do")]
                );
            }

            lines += text[at] == '\n' ? 1 : 0;
            if (quote != '"' || text[at] != '\\' || at + 1 == text.Length)
            {
                value.Append(text[at]);
                kept.Append(text[at]);
                continue;
            }

            var escaped = text[++at];
            value.Append(Escaped(escaped));
            kept.Append(escaped is 'n' or 'r' ? Escaped(escaped) : $"\\{escaped}");
        }

        at = start;
        throw Unended();
    }

    private void EndQuoted()
    {
        var rest = text.AsSpan(at, LineEnd - at).TrimStart();
        if (rest.Length > 0 && rest[0] != '#')
            throw Unended();
        at = LineEnd;
    }

    private static string Escaped(char character) =>
        character switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '"' or '\\' or '$' => character.ToString(),
            _ => $"\\{character}",
        };

    private DotEnvValue ReadBare(bool afterBlank)
    {
        var whole = text[at..LineEnd];
        at = LineEnd;
        var value = whole[..CommentStart(whole, afterBlank)].TrimEnd();
        if (value.Length > 0 && value[0] is '\u201C' or '\u201D' or '\u2018' or '\u2019')
            throw Fault("a value in typographic quotes: write \" or '");
        var hash = value.IndexOf('#', StringComparison.Ordinal);
        return new(
            value,
            hash < 0
                ? []
                : [new(value[..hash].TrimEnd(), "up to its #, which some dotenv readers take for a comment")]
        );
    }

    // A # begins a comment only after a blank.
    private static int CommentStart(string value, bool afterBlank)
    {
        for (var i = 0; i < value.Length; i++)
            if (value[i] == '#' && (i == 0 ? afterBlank : char.IsWhiteSpace(value[i - 1])))
                return i;
        return value.Length;
    }

    private UsageException Unended() => Fault("a quoted value has no end, or something follows it");

    private UsageException Fault(string what) => new($"{path}:{line}: {what}");
}
