using System.Globalization;
using System.Net;
using System.Text;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Rendering;

/// <summary>
/// Writes a report as one HTML page that loads nothing and runs no script: its content security policy forbids both.
/// </summary>
internal static class HtmlRenderer
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; background: #fff }
        h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #d5dbe3 }
        table { border-collapse: collapse; margin: 1rem 0 } th, td { border: 1px solid #d5dbe3; padding: .25rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
        th { background: #f1f4f8 } .n { text-align: right; font-variant-numeric: tabular-nums }
        code { background: #f1f4f8; padding: .1rem .3rem; border-radius: 3px; overflow-wrap: anywhere }
        """;

    public static string Render(string title, IEnumerable<Block> blocks)
    {
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>{Escaped(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>

            """
        );
        foreach (var block in blocks)
            Write(page, block);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder page, Block block)
    {
        switch (block)
        {
            case Heading heading:
                Element(page, $"h{heading.Level}", Escaped(heading.Text));
                break;
            case Paragraph paragraph:
                Element(page, "p", Inline(paragraph.Text));
                break;
            case Points points:
                var items = points.Items.Select(item => $"<li>{Inline(item)}</li>");
                Element(page, points.Numbered ? "ol" : "ul", string.Concat(items));
                break;
            case Grid grid:
                Write(page, grid);
                break;
        }
    }

    private static void Write(StringBuilder page, Grid grid)
    {
        page.Append("<table>\n");
        Row(page, grid, "th", grid.Columns.Select(Escaped));
        foreach (var row in grid.Rows)
            Row(page, grid, "td", row.Select(Inline));
        page.Append("</table>\n");
    }

    private static void Row(StringBuilder page, Grid grid, string cell, IEnumerable<string> cells)
    {
        var names = grid.Columns.Count - grid.Numbers;
        page.Append("<tr>")
            .AppendJoin(
                "",
                cells.Select(
                    (text, column) => $"<{cell}{(column < names ? "" : " class=\"n\"")}>{text}</{cell}>"
                )
            )
            .Append("</tr>\n");
    }

    private static void Element(StringBuilder page, string name, string content) =>
        page.Append(CultureInfo.InvariantCulture, $"<{name}>{content}</{name}>\n");

    private static string Inline(Phrase phrase) =>
        string.Concat(
            phrase.Spans.Select(span =>
                span.Kind switch
                {
                    SpanKind.Strong => $"<strong>{Escaped(span.Text)}</strong>",
                    SpanKind.Code => $"<code>{Escaped(span.Text)}</code>",
                    SpanKind.Foreign => Escaped(VisibleText.Of(span.Text)),
                    _ => Escaped(span.Text),
                }
            )
        );

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
