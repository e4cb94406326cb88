using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Rendering;
using RotationMesh.Reporting.Sections;

namespace RotationMesh.Reporting;

/// <summary>A rotation as a document for people: the same content as Markdown and as HTML.</summary>
public static class Report
{
    /// <summary>GitHub-flavoured Markdown; whatever comes from a database or an operator is text in it, never markup.</summary>
    public static string Markdown(ReportDocument report) => MarkdownRenderer.Render(Compose(report));

    /// <summary>A page that needs nothing else: style within, no script, no address that a browser would load.</summary>
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
            .. NextStepsSection.Of(report),
        ];
    }
}
