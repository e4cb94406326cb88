using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Sections;

/// <summary>Whether the audit log, which who, when, gates and timeline are read from, is what was written there.</summary>
internal static class AuditSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        if (report.Audit.Events is not [.., var newest])
            yield break;
        yield return new Heading(2, "Audit log");
        yield return new Paragraph(Proof(report));
        if (
            !IsProven(report)
            && report.AuditLog is { } log
            && Findings(log).ToArray() is { Length: > 0 } findings
        )
            yield return new Points(Numbered: false, findings);
        yield return new Paragraph(
            IsProven(report)
                ? (Phrase)
                    $"Newest event of this rotation in the audit log: number {newest.Sequence}, hash {newest.Hash}. Whether the log still has it: {new Code($"rotationmesh audit verify --expect {Hex(newest.Hash)}")}"
                : (Phrase)$"Newest event of this rotation in the audit log: number {newest.Sequence}."
        );
    }

    /// <summary>Whether keys prove every event that the report shows.</summary>
    public static bool IsProven(ReportDocument report) =>
        report is { AuditLog: { Ok: true } log, Audit.Events: [.., var newest] }
        && log.VouchedUpTo >= newest.Sequence;

    private static Phrase Proof(ReportDocument report)
    {
        if (report.AuditLog is not { } log)
            return $"{new Strong("Nobody checked the log")} when this report was made: who, when, gates and timeline are what the control database holds. {new Code("rotationmesh audit verify")} tells whether it is sound.";
        if (!IsProven(report))
            return $"{new Strong("The log does not prove what stands here:")} who, when, gates and timeline are what the control database holds, and whoever writes there may have changed them. {new Code("rotationmesh audit verify")} says:";
        return $"The log was read and checked when this report was made: a master key proves every event up to number {log.VouchedUpTo}. Whoever writes the control schema, but holds no master key, can change, add or reorder none of them unnoticed. Put back as a whole, the log would look sound: only the hash below, noted elsewhere, or what coordinators logged, tells that.";
    }

    private static IEnumerable<Phrase> Findings(AuditVerdictDocument log) =>
        log
            .Faults.Select(fault =>
                fault.Sequence is { } sequence
                    ? (Phrase)$"event {sequence} {fault.Problem}"
                    : Phrase.Foreign(fault.Problem)
            )
            .Concat(log.Unchecked.Select(told => Phrase.Foreign(told)));

    // The result is part of a command to be typed, so only the digits of a hash are kept.
    private static string Hex(string hash) => new([.. hash.Where(char.IsAsciiHexDigit).Take(64)]);
}
