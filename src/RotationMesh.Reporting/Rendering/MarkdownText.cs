using System.Text;

namespace RotationMesh.Reporting.Rendering;

/// <summary>Text that Markdown must not take for markup.</summary>
internal static class MarkdownText
{
    // Of these, entities: the tables of GitHub's Markdown look for bars before they look for backslashes, HTML is found
    // whatever stands before it, and an address is found by its @ afterwards.
    private const string Entities = "|<>&@";

    // Letters, digits and blanks mean nothing; of the punctuation, these don't within a line.
    private const string Harmless = "-,/;'\"%=";

    /// <summary>
    /// Every other mark of ASCII gets a backslash (CommonMark 2.4), so that neither emphasis, links, images, code nor bare
    /// addresses are found in it; so does a dash at the beginning, which could start a list.
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
