using CsCheck;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Rendering;

namespace RotationMesh.UnitTests.Reporting;

public sealed class MarkdownTextTests
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .Build();

    [TestCase("<script>alert(1)</script>")]
    [TestCase("a | b \\| c \\\\| d")]
    [TestCase("[x](javascript:alert(1)) ![y](z) http://evil.test www.evil.test")]
    [TestCase("**bold** _it_ ~~gone~~ `code` ``` # 1. &lt; &#60; \\")]
    [TestCase("- item")]
    [TestCase("\\*not\\* \\")]
    [TestCase("a ==marked==")]
    public void Foreign_text_is_read_as_it_is(string text) => Assert.That(Read(text), Is.EqualTo(text));

    [Test]
    public void Any_text_of_marks_is_read_as_it_is() =>
        Gen.Char["|\\`*_{}[]()#+-.!<>&~^\"'$:@=%/?;, ab1"]
            .Array[1, 20]
            .Select(marks => $"x{new string(marks)}x")
            .Sample(text =>
                Read(text) == System.Text.RegularExpressions.Regex.Replace(text, " +", " ")
                || Read(text) == text
            );

    [Test]
    public void Line_ends_and_marks_of_direction_are_shown_by_their_code() =>
        Assert.That(VisibleText.Of("a\nb\u202Ec"), Is.EqualTo("a‹U+000A›b‹U+202E›c"));

    [Test]
    public void Html_shows_it_as_text()
    {
        Phrase phrase = $"tenant {"<b onclick=\"x\">&'"}";
        Assert.That(
            HtmlRenderer.Render("t", [new Paragraph(phrase)]),
            Does.Contain("<p>tenant &lt;b onclick=&quot;x&quot;&gt;&amp;&#39;</p>")
        );
    }

    // The text of the cell of a table, if there is nothing but text in it.
    private static string? Read(string text)
    {
        var grid = new Grid(
            ["A", "B"],
            0,
            [
                [Phrase.Foreign(text), "end"],
            ]
        );
        var document = Markdown.Parse(MarkdownRenderer.Render([grid]), GitHub);
        var cells = document.Descendants<Markdig.Extensions.Tables.TableCell>().ToList();
        if (cells.Count != 4)
            return null;
        var inlines = cells[2].Descendants<LeafBlock>().Single().Inline!.ToList();
        return inlines.All(inline => inline is LiteralInline or HtmlEntityInline)
            ? string.Concat(
                inlines.Select(inline =>
                    inline is HtmlEntityInline entity
                        ? entity.Transcoded.ToString()
                        : ((LiteralInline)inline).Content.ToString()
                )
            )
            : null;
    }
}
