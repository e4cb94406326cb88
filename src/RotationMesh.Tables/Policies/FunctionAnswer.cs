using System.Text.RegularExpressions;

namespace RotationMesh.Tables.Policies;

/// <summary>Finds the expression that a function returns, where its body is nothing else.</summary>
internal static partial class FunctionAnswer
{
    /// <summary>Returns the expression; null where the body holds more, or is in another language than SQL or PL/pgSQL.</summary>
    public static SqlWord[]? Of(PolicyFunction function)
    {
        // SqlWords does not know where literals of other forms end, such as dollar quotes or E''.
        if (OtherLiteral().IsMatch(function.Source))
            return null;
        var words = WithoutEnd(SqlWords.Of(function.Source));
        var isBlock = SqlWords.At(words, 0, "begin") && SqlWords.At(words, words.Length - 1, "end");
        if (function.Language == "plpgsql")
            return isBlock && SqlWords.At(words, 1, "return") ? WithoutEnd(words[2..^1]) : null;
        if (function.Language != "sql")
            return null;
        if (isBlock && SqlWords.At(words, 1, "atomic"))
            words = WithoutEnd(words[2..^1]);
        return SqlWords.At(words, 0, "return") ? words[1..]
            : SqlWords.At(words, 0, "select") ? words
            : null;
    }

    private static SqlWord[] WithoutEnd(SqlWord[] words) =>
        words is [.., { } last] && last.Is(";") ? words[..^1] : words;

    [GeneratedRegex(@"\$|\b[ebxnu]&?'", RegexOptions.IgnoreCase)]
    private static partial Regex OtherLiteral();
}
