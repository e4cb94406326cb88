using System.Text;

namespace RotationMesh.Reporting.Rendering;

/// <summary>Escapes text so that Markdown does not take it for markup.</summary>
internal static class MarkdownText
{
    // These become entities. A backslash does not help: GitHub's Markdown looks for the bars of tables before it looks
    // for backslashes, finds HTML whatever precedes it, and finds an address by its @ afterwards.
    private const string Entities = "|<>&@";

    // Letters, digits and blanks are no markup, nor is this punctuation within a line.
    private const string Harmless = "-,/;'\"%";

    /// <summary>
    /// Escapes every other ASCII mark with a backslash (CommonMark 2.4), so that the text contains no emphasis, links,
    /// images, code or bare addresses. The first character is escaped even where it is harmless elsewhere: a dash, say,
    /// could start a list.
    /// </summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Entities.Contains(c, StringComparison.Ordinal))
                escaped.Append("&#").Append((int)c).Append(';');
            else if (IsMark(c) && (escaped.Length == 0 || !Harmless.Contains(c, StringComparison.Ordinal)))
                escaped.Append('\\').Append(c);
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    private static bool IsMark(char c) => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c));
}
