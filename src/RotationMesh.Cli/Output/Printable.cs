using System.Globalization;
using System.Text;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>
/// The only way by which text reaches people. Tenants, keys, names of workers and reasons are whatever others wrote: a
/// control character in them would steer the terminal, and a line break forge a line.
/// </summary>
internal static class Printable
{
    /// <summary>
    /// The text with what is not seen and steers as <c>\u001b</c>: control characters, those that turn the direction of
    /// writing, and those without a width.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.EnumerateRunes().Any(Steers))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            if (!Steers(rune))
                shown.Append(rune);
            else if (rune.Value is '\n' or '\r' or '\t')
                shown.Append(
                    rune.Value == '\n' ? @"\n"
                    : rune.Value == '\r' ? @"\r"
                    : @"\t"
                );
            else
                foreach (var unit in rune.ToString())
                    shown.Append(CultureInfo.InvariantCulture, $@"\u{(int)unit:x4}");
        return shown.ToString();
    }

    /// <summary>Escapes the printable text for Spectre's markup, which shows it unchanged.</summary>
    public static string Markup(string text) => Spectre.Console.Markup.Escape(Of(text));

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, string text) => console.WriteLine(Of(text));

    /// <summary>Writes a line after a mark of our own in Spectre's markup.</summary>
    public static void Line(this IAnsiConsole console, string mark, string text) =>
        console.MarkupLine($"{mark} {Markup(text)}");

    /// <summary>Writes a line that stands out.</summary>
    public static void Warn(this IAnsiConsole console, string text) =>
        console.MarkupLine($"[yellow]{Markup(text)}[/]");

    // Control characters, line and paragraph separators, and the category Format: marks of direction, and what has no width.
    private static bool Steers(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
