using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Sections;

/// <summary>What the operator should do next.</summary>
internal static class NextStepsSection
{
    public static IEnumerable<Block> Of(ReportDocument report)
    {
        yield return new Heading(2, "Next steps");
        yield return new Points(Numbered: true, [.. Steps(report)]);
    }

    /// <summary>Whether the record says Completed, and no key of the ring has sealed it.</summary>
    public static bool IsUnsealed(RotationDocument rotation) =>
        rotation.Reason?.StartsWith(Reasons.RecordNotSealed, StringComparison.Ordinal) == true;

    private static IEnumerable<Phrase> Steps(ReportDocument report)
    {
        var rotation = report.Rotation;
        var retry = new Code($"rotationmesh retry {rotation.RotationId}");
        switch (rotation.State)
        {
            case RotationState.CompletedWithFailures when IsUnsealed(rotation):
            case RotationState.Completed when rotation.Reason is not null:
                yield return "Keep the old keys: this record proves nothing.";
                yield return $"Believe the database: {new Code("rotationmesh census")} counts its rows, and {new Code("rotationmesh verify")} decrypts them.";
                yield return $"Rotate again with the key ring: {new Code("rotationmesh rotate")} finds what is done, and seals a record of its own.";
                break;
            case RotationState.Completed:
                if (rotation.PostChecks.Count == 0)
                    yield return $"Check the application: an export of a rotated tenant, the health of a connector.";
                yield return $"Resume the application's workers, where they are still paused: {new Code("rotationmesh workers resume")}.";
                yield return $"Restart what still holds the old key ring; then {new Code("rotationmesh census")} shows whether anything writes old versions.";
                yield return $"When {new Code("rotationmesh keys")} says that an old version is safe to retire, retire it: {new Code("rotationmesh keys retire N")}.";
                break;
            case RotationState.CompletedWithFailures
                when rotation is { Totals: { Failed: 0, Pending: 0 }, Doubts.Count: 0 }
                    && rotation.PostChecks.Any(check => !check.Passed):
                yield return "Every row is rotated and verified, and the application does not answer as expected: find out why, by the post-checks above.";
                yield return "Keep the old keys, and the application's workers paused, until it does.";
                yield return $"Verify, and ask it again: {retry}.";
                break;
            case RotationState.CompletedWithFailures
                when rotation is { OpenWriters: not null, Totals.Failed: 0 }:
                yield return "Keep the old keys: transactions that were open before the closing census may still bring rows that need them. The reason names them.";
                yield return $"End them ({new Code("COMMIT")}, {new Code("ROLLBACK PREPARED")}, {new Code("pg_terminate_backend")}), then count again: {retry}.";
                break;
            case RotationState.CompletedWithFailures when rotation.Totals.Failed == 0:
                yield return rotation.Reason is null
                    ? "Keep the old keys: not all that was to be decrypted again could be, so nobody knows which rows need them."
                    : "Keep the old keys: nobody knows which rows need them. The reason says why.";
                yield return $"Mend what keeps it from being proved, then count and verify again: {retry}.";
                yield return $"Make this report again, and file it with the incident: {new Code($"rotationmesh report {rotation.RotationId}")}.";
                break;
            case RotationState.CompletedWithFailures:
                yield return $"Keep the old keys: {rotation.Totals.Failed} rows may still need them.";
                yield return "Repair the rows by their causes, as above.";
                yield return $"Try again what failed: {retry}.";
                yield return $"Make this report again, and file it with the incident: {new Code($"rotationmesh report {rotation.RotationId}")}.";
                break;
            case RotationState.Cancelled:
                yield return $"Rotate again when it suits: what is done is passed over. Until then both keys are needed, and {new Code("rotationmesh census")} shows how many rows use each.";
                break;
            case RotationState.Faulted:
                yield return "Mend what the reason names; nothing was written since.";
                yield return $"See whether everything fits: {new Code("rotationmesh doctor")}.";
                yield return $"Go on: {retry}.";
                break;
            case RotationState.Paused:
                yield return "Read the reason: an operator paused it, or too much failed.";
                yield return $"Go on: {new Code($"rotationmesh resume {rotation.RotationId}")}; or end it: {new Code($"rotationmesh cancel {rotation.RotationId}")}.";
                break;
            default:
                yield return $"It is under way: {new Code($"rotationmesh watch {rotation.RotationId}")}. Make this report again at its end.";
                break;
        }

        if (report.Tenants.Uncounted.Count > 0)
            yield return "Some tables could not be counted: make this report again when their databases answer, with a map that names them.";
        yield return $"Note the hash of the newest audit event with this report; {new Code("rotationmesh audit verify")} shows it.";
    }
}
