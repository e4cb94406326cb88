using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Reporting.Sections;

/// <summary>The results of the gates' checks, and which gates were overridden.</summary>
internal static class GatesSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        yield return new Heading(2, "Gates and overrides");
        var checks = report
            .Audit.Events.Where(written => written.Kind == "GateChecked")
            .Select(written => (Event: written, Gate: AuditText.Read<GateCheckedDetails>(written)))
            .Where(check => check.Gate is not null)
            .ToList();
        if (report.Audit.More > 0)
            yield return new Paragraph(
                $"Without those of the {report.Audit.More} events that the timeline leaves out."
            );
        if (checks.Count == 0)
        {
            if (report.Audit.More == 0)
                yield return new Paragraph("No gate was checked.");
            yield break;
        }

        yield return new Grid(
            ["Time", "Gate", "Outcome", "Reason", "By"],
            0,
            [
                .. checks.Select(check =>
                    (Phrase[])
                        [
                            $"{check.Event.RecordedAt}",
                            Phrase.Foreign(check.Gate!.Gate),
                            AuditText.Word(check.Gate.Outcome),
                            Phrase.Foreign(check.Gate.Reason),
                            Phrase.Foreign(check.Event.Actor),
                        ]
                ),
            ]
        );
    }
}
