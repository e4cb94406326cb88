using System.Text;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Rendering;

/// <summary>Writes a report as GitHub-flavoured Markdown.</summary>
internal static class MarkdownRenderer
{
    public static string Render(IEnumerable<Block> blocks)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            if (text.Length > 0)
                text.Append('\n');
            Write(text, block);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Heading heading:
                text.Append('#', heading.Level).Append(' ').Append(heading.Text).Append('\n');
                break;
            case Paragraph paragraph:
                text.Append(Inline(paragraph.Text)).Append('\n');
                break;
            case Points points:
                for (var number = 0; number < points.Items.Count; number++)
                    text.Append(points.Numbered ? $"{number + 1}. " : "- ")
                        .Append(Inline(points.Items[number]))
                        .Append('\n');
                break;
            case Grid grid:
                Write(text, grid);
                break;
        }
    }

    private static void Write(StringBuilder text, Grid grid)
    {
        Row(text, grid.Columns);
        var names = grid.Columns.Count - grid.Numbers;
        Row(text, grid.Columns.Select((_, column) => column < names ? "---" : "---:"));
        foreach (var row in grid.Rows)
            Row(text, row.Select(Inline));
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Inline(Phrase phrase) =>
        string.Concat(
            phrase.Spans.Select(span =>
                span.Kind switch
                {
                    SpanKind.Strong => $"**{span.Text}**",
                    SpanKind.Code => $"`{span.Text}`",
                    SpanKind.Foreign => MarkdownText.Escaped(VisibleText.Of(span.Text)),
                    _ => span.Text,
                }
            )
        );
}
