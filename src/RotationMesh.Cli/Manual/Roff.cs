using System.Globalization;
using System.Text;

namespace RotationMesh.Cli.Manual;

/// <summary>Text in the language of man pages, which shows it as it is.</summary>
internal static class Roff
{
    /// <summary>
    /// Escapes text. Quotes and hyphens stay those of the keyboard, so that what a page shows can be pasted into a shell;
    /// a dot or an apostrophe that begins a line is no request.
    /// </summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            escaped.Append(
                rune.Value switch
                {
                    '\\' => @"\e",
                    '-' => @"\-",
                    '\'' => @"\(aq",
                    '"' => @"\(dq",
                    '`' => @"\(ga",
                    '^' => @"\(ha",
                    '~' => @"\(ti",
                    '.' when escaped.Length == 0 => @"\&.",
                    < ' ' => " ",
                    > '~' => string.Create(CultureInfo.InvariantCulture, $@"\[u{rune.Value:X4}]"),
                    _ => rune.ToString(),
                }
            );
        return escaped.ToString();
    }

    /// <summary>Text as it is to be typed.</summary>
    public static string Bold(string text) => $@"\fB{Escaped(text)}\fR";

    /// <summary>Text that stands for something else, such as the name of a value.</summary>
    public static string Italic(string text) => $@"\fI{Escaped(text)}\fR";

    /// <summary>An entry of a list: a term, which is roff already, and below it the text that explains it.</summary>
    public static string Entry(string term, string text) => $".TP\n{term}\n{Escaped(text)}";
}
