using System.Text.RegularExpressions;

namespace RotationMesh.Tables.Policies;

/// <summary>A word of SQL: a name, a literal or a sign. A name that is quoted is never a keyword.</summary>
internal readonly record struct SqlWord(string Text, SqlWordKind Kind)
{
    public bool Is(string text) => Text == text && Kind is SqlWordKind.Plain or SqlWordKind.Sign;

    /// <summary>The name as it was written.</summary>
    public string Written =>
        Kind == SqlWordKind.Quoted ? $"\"{Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : Text;

    public bool IsName => Kind is SqlWordKind.Plain or SqlWordKind.Quoted;
}

internal enum SqlWordKind
{
    Plain,
    Quoted,
    Literal,
    Sign,
}

/// <summary>Splits SQL into words, and cuts these where no more grammar is needed than which brackets belong together.</summary>
internal static partial class SqlWords
{
    /// <summary>
    /// Returns the words without comments: unquoted names in lower case, quoted names and literals without their quotes. The
    /// schema <c>pg_catalog</c> is left out: <c>OPERATOR(pg_catalog.=)</c> becomes <c>=</c>.
    /// </summary>
    public static SqlWord[] Of(string sql)
    {
        SqlWord[] all = [.. Word().Matches(sql).Where(match => !match.Groups["skip"].Success).Select(Read)];
        var words = new List<SqlWord>(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            if (At(all, i, "operator", "(", "pg_catalog", ".") && At(all, i + 5, ")"))
            {
                words.Add(all[i + 4]);
                i += 5;
            }
            else if (At(all, i, "pg_catalog", "."))
                i++;
            else
                words.Add(all[i]);
        }

        return [.. words];
    }

    /// <summary>Removes the brackets around the whole.</summary>
    public static SqlWord[] Bare(SqlWord[] words)
    {
        while (words is [{ } first, .., _] && first.Is("(") && End(words, 0) == words.Length - 1)
            words = words[1..^1];
        return words;
    }

    /// <summary>Splits the words at each <paramref name="between"/> outside of brackets; one part where there is none.</summary>
    public static List<SqlWord[]> Split(SqlWord[] words, string between)
    {
        var parts = new List<SqlWord[]>();
        var (begin, depth) = (0, 0);
        for (var i = 0; i < words.Length; i++)
        {
            depth += Depth(words[i]);
            if (depth != 0 || !words[i].Is(between))
                continue;
            parts.Add(words[begin..i]);
            begin = i + 1;
        }

        parts.Add(words[begin..]);
        return parts;
    }

    /// <summary>Whether <paramref name="texts"/> are the next words at <paramref name="place"/>.</summary>
    public static bool At(SqlWord[] words, int place, params string[] texts) =>
        place >= 0
        && place + texts.Length <= words.Length
        && !texts.Where((text, i) => !words[place + i].Is(text)).Any();

    /// <summary>Returns a call's name, with its dots, and its arguments; null where the words are not exactly one call.</summary>
    public static (SqlWord[] Name, List<SqlWord[]> Arguments)? Call(SqlWord[] words)
    {
        var open = Array.FindIndex(words, word => word.Is("("));
        if (open < 0 || open % 2 == 0 || End(words, open) != words.Length - 1)
            return null;
        for (var i = 0; i < open; i++)
            if (i % 2 == 0 ? !words[i].IsName : !words[i].Is("."))
                return null;
        var inner = words[(open + 1)..^1];
        return (words[..open], inner.Length == 0 ? [] : Split(inner, ","));
    }

    private static int End(SqlWord[] words, int open)
    {
        var depth = 0;
        for (var i = open; i < words.Length; i++)
            if ((depth += Depth(words[i])) == 0)
                return i;
        return -1;
    }

    // CASE and END enclose what stands between them, as brackets do.
    private static int Depth(SqlWord word) =>
        word.Is("(") || word.Is("[") || word.Is("case") ? 1
        : word.Is(")") || word.Is("]") || word.Is("end") ? -1
        : 0;

    private static SqlWord Read(Match match)
    {
        var text = match.Value;
        return text[0] switch
        {
            '\'' => new(text[1..^1].Replace("''", "'", StringComparison.Ordinal), SqlWordKind.Literal),
            '"' => new(text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal), SqlWordKind.Quoted),
            var first when char.IsLetter(first) || first == '_' => new(
                text.ToLowerInvariant(),
                SqlWordKind.Plain
            ),
            _ => new(text, SqlWordKind.Sign),
        };
    }

    [GeneratedRegex(
        @"(?<skip>\s+|--[^\n]*|/\*(?:(?!/\*).)*?\*/)|'(?:[^']|'')*'|\x22(?:[^\x22]|\x22\x22)*\x22|[\w$]+|::|:=|[-+*/<>=~!@#%^&|`?]+|.",
        RegexOptions.Singleline
    )]
    private static partial Regex Word();
}
