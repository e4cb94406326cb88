using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Sections;

/// <summary>What was decrypted again, what the application answered, and what the audit log can be compared with.</summary>
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

        if (report.Audit.Events.Count > 0)
        {
            var newest = report.Audit.Events[^1];
            yield return new Paragraph(
                $"Newest event of this rotation in the audit log: number {newest.Sequence}, hash {newest.Hash}. Whether the log still has it: {new Code($"rotationmesh audit verify --expect {Hex(newest.Hash)}")}"
            );
            yield return new Paragraph(
                newest.KeyVersion is { } version
                    ? $"What this log proves: each event is chained, each bears a code under a key derived from master key {version}. Whoever writes the control schema, but holds no master key, can change, add or reorder none unnoticed. Put back as a whole, it would look sound: only the hash above, noted elsewhere, or what coordinators logged, tells that."
                    : "What this log proves: its events are chained, yet were written before it was keyed. Whoever writes the control schema could have calculated them anew; only the hash above, noted elsewhere, tells that."
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

    // The result is part of a command to be typed, so only the digits of a hash are kept.
    private static string Hex(string hash) => new([.. hash.Where(char.IsAsciiHexDigit).Take(64)]);
}
