using System.Globalization;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Reporting.Sections;

/// <summary>What happened when, from the audit log.</summary>
internal static class TimelineSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        yield return new Heading(2, "Timeline");
        var events = report.Audit.Events;
        if (events.Count == 0)
        {
            yield return new Paragraph("The audit log has no event of this rotation.");
            yield break;
        }

        if (report.Audit.More > 0)
            yield return new Paragraph(
                $"The first events and the newest. {report.Audit.More} between them are left out: {new Code("rotationmesh audit export --format jsonl")}"
            );
        yield return new Grid(
            ["Event", "Time", "By", "What"],
            0,
            [
                .. events.Select(written =>
                    (Phrase[])
                        [
                            written.Sequence.ToString(CultureInfo.InvariantCulture),
                            $"{written.RecordedAt}",
                            $"{written.Actor} ({written.Host})",
                            AuditText.Phrase(written),
                        ]
                ),
            ]
        );
    }
}
