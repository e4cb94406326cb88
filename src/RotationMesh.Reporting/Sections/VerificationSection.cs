using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Sections;

/// <summary>What was decrypted again, and what the application answered.</summary>
internal static class VerificationSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        var rotation = report.Rotation;
        yield return new Heading(2, "Verification");
        yield return new Paragraph(Decrypted(report));
        if (rotation.PostChecks.Count > 0)
        {
            yield return new Paragraph("Then the application was asked:");
            yield return new Grid(
                ["Post-check", "Outcome", "Reason"],
                0,
                [
                    .. rotation.PostChecks.Select(check =>
                        (Phrase[])
                            [
                                Phrase.Foreign(check.Name),
                                check.Passed ? "passed" : "failed",
                                Phrase.Foreign(check.Reason),
                            ]
                    ),
                ]
            );
        }
    }

    private static Phrase Decrypted(ReportDocument report)
    {
        var rotation = report.Rotation;
        return rotation.Decrypted switch
        {
            null when rotation.Verified > 0 =>
                $"{rotation.Verified} rows were looked at after they were rewritten; {report.Unreadable} rows at version {rotation.TargetVersion} do not decrypt. Each new value was also decrypted, and compared, before it was written.",
            null or { Rows: 0 } => "No rows were decrypted after they were rewritten.",
            { } found =>
                $"{found.Rows} rows were looked at after they were rewritten: {found.Values} values were decrypted, {found.Empty} rows hold none, and {found.Failed} rows do not decrypt; {report.Unreadable} rows are recorded so. Each new value was also decrypted, and compared, before it was written.",
        };
    }
}
