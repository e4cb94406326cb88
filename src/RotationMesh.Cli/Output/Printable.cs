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
    /// <summary>The text with control characters, and those that turn the direction of writing, as <c>\u001b</c>.</summary>
    public static string Of(string text)
    {
        if (!text.Any(Steers))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            if (!Steers(c))
                shown.Append(c);
            else if (c is '\n' or '\r' or '\t')
                shown.Append(
                    c == '\n' ? @"\n"
                    : c == '\r' ? @"\r"
                    : @"\t"
                );
            else
                shown.Append(CultureInfo.InvariantCulture, $@"\u{(int)c:x4}");
        return shown.ToString();
    }

    /// <summary>The same in Spectre's markup, as it is.</summary>
    public static string Markup(string text) => Spectre.Console.Markup.Escape(Of(text));

    /// <summary>Writes a line.</summary>
    public static void Line(this IAnsiConsole console, string text) => console.WriteLine(Of(text));

    /// <summary>Writes a line after a mark of our own in Spectre's markup.</summary>
    public static void Line(this IAnsiConsole console, string mark, string text) =>
        console.MarkupLine($"{mark} {Markup(text)}");

    /// <summary>Writes a line that stands out.</summary>
    public static void Warn(this IAnsiConsole console, string text) =>
        console.MarkupLine($"[yellow]{Markup(text)}[/]");

    // Control characters, line and paragraph separators, and the marks of direction.
    private static bool Steers(char c) =>
        char.IsControl(c)
        || c
            is '\u061c'
                or (>= '\u200e' and <= '\u200f')
                or (>= '\u2028' and <= '\u202e')
                or (>= '\u2066' and <= '\u2069');
}
