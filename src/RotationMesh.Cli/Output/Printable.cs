using System.Globalization;
using System.Text;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>
/// Makes text safe to show; all text for people goes through it. Others choose the names of tenants and workers, the keys and
/// the reasons: a control character in them could control the terminal, and a line break could forge a line.
/// </summary>
internal static class Printable
{
    /// <summary>
    /// Escapes invisible characters, in the form <c>\u001b</c>: control characters, those that change the direction of
    /// writing, and those without a width.
    /// </summary>
    public static string Of(string text)
    {
        if (!text.EnumerateRunes().Any(IsControl))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            if (!IsControl(rune))
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

    /// <summary>Escapes the printable text for Spectre's markup, which then shows it unchanged.</summary>
    public static string Markup(string text) => Spectre.Console.Markup.Escape(Of(text));

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, string text) => console.WriteLine(Of(text));

    /// <summary>Writes a line after a mark, which is Spectre markup of the program's own.</summary>
    public static void Line(this IAnsiConsole console, string mark, string text) =>
        console.MarkupLine($"{mark} {Markup(text)}");

    /// <summary>Writes a line in yellow.</summary>
    public static void Warn(this IAnsiConsole console, string text) =>
        console.MarkupLine($"[yellow]{Markup(text)}[/]");

    // Unicode's category Format holds the marks of direction and the characters without a width.
    private static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}
