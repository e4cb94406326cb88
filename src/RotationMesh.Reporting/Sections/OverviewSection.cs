using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Reporting.Sections;

/// <summary>The overview: what was rotated, who asked for it, and when.</summary>
internal static class OverviewSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        var rotation = report.Rotation;
        yield return new Heading(1, $"Rotation {rotation.RotationId}");
        yield return new Paragraph(Verdict(rotation));
        if (rotation.Notes is { Count: > 0 } notes)
            yield return new Points(Numbered: false, [.. notes.Select(note => Phrase.Foreign(note))]);
        if (report.Audit.Events.Count > 0 && !AuditSection.IsProven(report))
            yield return new Paragraph(
                $"{new Strong("Nothing proves the audit log")} that hosts, command line, gates and timeline are read from: see its section."
            );
        yield return new Grid(["", ""], 0, [.. Rows(report).Select(row => (Phrase[])[row.Name, row.Value])]);
    }

    private static Phrase Verdict(RotationDocument rotation) =>
        rotation.State switch
        {
            RotationState.Completed when rotation.Reason is not null =>
                $"{new Strong("Completed by its record.")} Nobody here can tell whether that is true; the reason says why.",
            RotationState.CompletedWithFailures when NextStepsSection.IsUnsealed(rotation) =>
                $"{new Strong("Nobody knows that it completed.")} Its record says so, and is not sealed by this key ring.",
            RotationState.Completed when rotation.Decrypted is { Values: 0 } => (Phrase)
                $"{new Strong("Completed.")} Every row in scope is at version {rotation.TargetVersion} by the last count{Beside(rotation)}; no value was decrypted again.",
            RotationState.Completed =>
                $"{new Strong("Completed.")} Every row in scope is at version {rotation.TargetVersion}, and verification passed{Beside(rotation)}.",
            RotationState.CompletedWithFailures
                when rotation is { OpenWriters: not null, Totals.Failed: 0 } =>
                $"{new Strong("Completed with failures.")} Every row that was to be seen is at version {rotation.TargetVersion}; transactions that were open before the closing census may still bring others.",
            RotationState.CompletedWithFailures when rotation.Totals is { Failed: 0, Pending: 0 } =>
                $"{new Strong("Completed with failures.")} Every row that was counted is at version {rotation.TargetVersion}; not everything could be verified, or the application did not answer as expected.",
            RotationState.CompletedWithFailures =>
                $"{new Strong("Completed with failures.")} {rotation.Totals.Failed} rows are not at version {rotation.TargetVersion}, or do not decrypt under it.",
            RotationState.Cancelled when rotation.NotBegun =>
                $"{new Strong("Cancelled")} before it began: nothing was written.",
            RotationState.Cancelled =>
                $"{new Strong("Cancelled.")} What was done stays done; {rotation.Totals.Pending} rows are still to do.",
            RotationState.Faulted => $"{new Strong("Faulted.")} It could not go on.",
            _ =>
                $"{new Strong("Not at its end:")} it is {rotation.State}; {rotation.Totals.Pending} rows are still to do.",
        };

    private static string Beside(RotationDocument rotation) =>
        rotation.Totals.External == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $", but for {rotation.Totals.External:N0} external ones, which keep their old key"
            );

    private static IEnumerable<(string Name, Phrase Value)> Rows(ReportDocument report)
    {
        var (rotation, order) = (report.Rotation, report.Order);
        var asked = report.Audit.Events.FirstOrDefault(written => written.Kind == "RotationStarted");
        yield return ("State", Phrase.Foreign(rotation.State));
        if (rotation.Reason is { } reason)
            yield return ("Reason", Phrase.Foreign(reason));
        yield return (
            "Target version",
            $"{rotation.TargetVersion} (key fingerprint {order.TargetFingerprint})"
        );
        yield return ("Scopes", Phrase.Foreign(string.Join(", ", order.Scopes)));
        yield return ("Tenants", Tenants(order));
        yield return ("Requested by", Phrase.Foreign(rotation.RequestedBy));
        yield return ("From host", Phrase.Foreign(asked?.Host));
        yield return ("Command line", Phrase.Foreign(CommandLine(asked)));
        yield return ("Batch size", $"{order.BatchSize}");
        if (order.AllowDowngrade)
            yield return ("Downgrade", "allowed: rows above the target version were brought down");
        yield return ("Map", Phrase.Foreign(order.MapHash));
        yield return (
            "To be decrypted again",
            Phrase.Foreign(rotation.Verify ?? "all of a table below 1,000,000 rows, 1 % of a larger one")
        );
        yield return ("Started", rotation.StartedAt is { } start ? (Phrase)$"{start}" : "—");
        yield return ("Ended", rotation.EndedAt is { } end ? (Phrase)$"{end}" : "—");
        yield return ("Duration", Duration(rotation.ElapsedSeconds));
        yield return ("Report made", $"{report.MadeAt}");
    }

    private static Phrase Tenants(ReportedOrder order) =>
        order.Tenants switch
        {
            null => "all",
            { Count: > ReportDocument.MaxTenants } many =>
                $"{string.Join(", ", many.Take(ReportDocument.MaxTenants))} and {many.Count - ReportDocument.MaxTenants} more",
            var few => Phrase.Foreign(string.Join(", ", few)),
        };

    private static string? CommandLine(AuditEventDocument? asked) =>
        asked is null ? null : AuditText.Read<RotationStartedDetails>(asked)?.CommandLine;

    private static string Duration(double seconds) =>
        seconds < 60
            ? FormattableString.Invariant($"{seconds:0.0} s")
            : TimeSpan.FromSeconds(Math.Round(seconds)).ToString("c", CultureInfo.InvariantCulture);
}
