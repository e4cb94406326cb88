using System.Globalization;
using System.Text;

namespace RotationMesh.Reporting.Rendering;

/// <summary>Makes foreign text safe to read: in one line, of limited length, and in the order of its letters.</summary>
internal static class VisibleText
{
    /// <summary>Most characters that are shown of a value: enough for any name or key, too few to bury a report.</summary>
    public const int Longest = 300;

    /// <summary>
    /// Returns the text, with the code point in place of each character that is invisible or would change the direction
    /// of the text: control and format characters, line ends, private and unassigned ones, half of a surrogate pair.
    /// </summary>
    public static string Of(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
                return shown.Append('…').ToString();
            var hidden =
                Rune.GetUnicodeCategory(rune)
                    is UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.OtherNotAssigned
                || rune == Rune.ReplacementChar;
            if (hidden)
                shown.Append(CultureInfo.InvariantCulture, $"‹U+{rune.Value:X4}›");
            else
                shown.Append(rune.ToString());
        }

        return shown.ToString();
    }
}
