using System.Globalization;
using System.Text;

namespace RotationMesh.Reporting.Rendering;

/// <summary>Foreign text as a reader may see it: in one line, of bounded length, and in the order of its letters.</summary>
internal static class VisibleText
{
    /// <summary>Characters that are shown of a value: enough for any name or key, too few to bury a report.</summary>
    public const int Longest = 300;

    /// <summary>
    /// The text with what is invisible, or would turn the order of what follows, as its code point: control and format
    /// characters, line ends, half of a pair.
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
