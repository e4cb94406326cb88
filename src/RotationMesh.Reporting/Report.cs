using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Rendering;
using RotationMesh.Reporting.Sections;

namespace RotationMesh.Reporting;

/// <summary>Writes a rotation as a document for people, as Markdown or as HTML with the same content.</summary>
public static class Report
{
    /// <summary>
    /// Returns GitHub-flavoured Markdown. Everything that comes from a database or an operator is text in it, never
    /// markup.
    /// </summary>
    public static string Markdown(ReportDocument report) => MarkdownRenderer.Render(Compose(report));

    /// <summary>
    /// Returns a self-contained HTML page: its style is inside, it has no script, and no address that a browser would
    /// load.
    /// </summary>
    public static string Html(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return HtmlRenderer.Render($"Rotation {report.Rotation.RotationId}", Compose(report));
    }

    private static IEnumerable<Block> Compose(ReportDocument report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return
        [
            .. OverviewSection.Of(report),
            .. CountsSection.Of(report),
            .. FailuresSection.Of(report),
            .. CorruptionSection.Of(report),
            .. VerificationSection.Of(report),
            .. GatesSection.Of(report),
            .. TimelineSection.Of(report),
            .. AuditSection.Of(report),
            .. NextStepsSection.Of(report),
        ];
    }
}
