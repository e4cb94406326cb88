using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>Describes the outcome of a rotation in a line or two.</summary>
internal static class RotationVerdict
{
    /// <summary>Returns the verdict, with the next step where there is one.</summary>
    public static string Of(RotationDocument rotation)
    {
        if (rotation is { State: RotationState.Cancelled, NotBegun: true, Abandoned: false })
            return "Cancelled before it began: nothing was written, and the start is gone";
        var totals = rotation.Totals;
        var verdict = rotation.State switch
        {
            RotationState.Completed when rotation.DryRun =>
                $"Dry run: {Tried(rotation)}{(rotation.Reason is { } refusal ? $", but {refusal}" : "")}; nothing was written",
            RotationState.Completed when rotation.Reason is { } doubt => $"Completed by its record, {doubt}",
            RotationState.Completed =>
                $"Completed: every row{Scope(rotation)} is at version {rotation.TargetVersion}{Beside(rotation.Totals.External)}; {Decrypted(rotation)}",
            RotationState.Cancelled when rotation.Abandoned =>
                $"Cancelled, and not at its end: {rotation.Reason}",
            RotationState.Cancelled when rotation.EndedAt is null && !rotation.DryRun =>
                $"Cancelled: partitions in hand still end ({rotation.Reason})",
            RotationState.Cancelled =>
                $"Stopped: {TableView.Number(totals.Pending)} rows are still to do; rotate again to go on",
            RotationState.CompletedWithFailures when rotation.DryRun && totals.Failed == 0 =>
                $"Dry run: values at version {rotation.TargetVersion} do not decrypt with its key, as noted; nothing was written",
            RotationState.CompletedWithFailures when rotation.DryRun =>
                "Dry run: the rows above can't be rotated; nothing was written",
            RotationState.CompletedWithFailures when IsUnsealed(rotation) =>
                $"Nobody knows that it completed: {rotation.Reason}",
            RotationState.CompletedWithFailures when Counted(rotation) && IsOfPostChecks(rotation) =>
                $"Every row{Scope(rotation)} is at version {rotation.TargetVersion}, but {rotation.Reason}; mend it and run 'rotationmesh retry'; {Decrypted(rotation)}",
            RotationState.CompletedWithFailures when Counted(rotation) && rotation.OpenWriters is { } open =>
                $"Every row that was to be seen is at version {rotation.TargetVersion}, but {open}; end them and run 'rotationmesh retry'; {Decrypted(rotation)}",
            RotationState.CompletedWithFailures when Counted(rotation) && rotation.Reason is { } doubt =>
                $"By the counts every row{Scope(rotation)} is at version {rotation.TargetVersion}, which proves too little: {doubt}; mend it and run 'rotationmesh retry'",
            RotationState.CompletedWithFailures when Counted(rotation) =>
                $"By the counts every row{Scope(rotation)} is at version {rotation.TargetVersion}, but {Undecrypted(rotation)}; run 'rotationmesh retry' to verify the rest",
            RotationState.CompletedWithFailures when rotation.Reason is { } reason =>
                $"{Left(rotation)}: {reason}{(rotation.Failures.Count > 0 ? "; repair those that are listed" : "")}; {Decrypted(rotation)}",
            RotationState.CompletedWithFailures =>
                $"{Left(rotation)}: repair them and rotate again; {Decrypted(rotation)}",
            RotationState.Paused =>
                $"Paused: {rotation.Reason}; by the counts so far {TableView.Number(totals.Pending)} rows are still to do",
            _ => rotation.Reason is { } reason ? $"{rotation.State}: {reason}" : rotation.State,
        };
        var rate = totals.Rotated / Math.Max(rotation.ElapsedSeconds, 0.001);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}. {totals.Rotated:N0} rows in {rotation.ElapsedSeconds:0.0} s ({rate:N0} rows/s)"
        );
    }

    private static bool IsUnsealed(RotationDocument rotation) =>
        rotation.Reason?.StartsWith(Reasons.RecordNotSealed, StringComparison.Ordinal) == true;

    private static bool Counted(RotationDocument rotation) => rotation.Totals is { Failed: 0, Pending: 0 };

    // The application was asked before a last count brought doubts: these are the reason then.
    private static bool IsOfPostChecks(RotationDocument rotation) =>
        rotation.Doubts.Count == 0 && rotation.PostChecks.Any(check => !check.Passed);

    // What "every row" stands for, and what it does not.
    private static string Scope(RotationDocument rotation) =>
        $"{(rotation.Within is { } part ? $" of {part}" : "")}{(rotation.OtherMap ? " of the map that it was started with" : "")}";

    private static string Beside(long external) =>
        external switch
        {
            0 => "",
            1 => ", but for 1 external one",
            _ => $", but for {TableView.Number(external)} external ones",
        };

    // A sample reads fewer rows than there are without any fault.
    private static string Undecrypted(RotationDocument rotation) =>
        rotation.Verified < Reached(rotation)
            ? $"not all that was to be decrypted again could be: {TableView.Number(rotation.Verified)} of {TableView.Number(Reached(rotation))} rows were"
            : "not all that was to be decrypted again could be";

    private static long Reached(RotationDocument rotation) =>
        rotation.Totals.Rotated + rotation.Totals.Current;

    // Rows at the target version that do not decrypt are not left over to rotate, so they are counted separately.
    private static string Left(RotationDocument rotation)
    {
        var unreadable = Math.Min(rotation.Totals.Failed, rotation.Decrypted?.Failed ?? 0);
        var left = rotation.Totals.Failed - unreadable;
        return unreadable == 0 ? $"{TableView.Number(left)} rows are left"
            : left == 0
                ? $"{TableView.Number(unreadable)} rows do not decrypt under version {rotation.TargetVersion}"
            : $"{TableView.Number(left)} rows are left, and {TableView.Number(unreadable)} do not decrypt under version {rotation.TargetVersion}";
    }

    private static string Tried(RotationDocument rotation) =>
        rotation.Decrypted switch
        {
            null or { Rows: 0 } => "no row is to be rotated",
            { Values: 0 } found =>
                $"none of the {TableView.Number(found.Rows)} rows to rotate holds a value, so none was tried",
            { } found =>
                $"every row{Scope(rotation)} can be rotated{DecryptedWords.Values(found)}{Beside(rotation.Totals.External)}",
        };

    // Totals of an earlier release have no number of values.
    private static string Decrypted(RotationDocument rotation) =>
        (
            rotation.Decrypted is { } found
                ? DecryptedWords.Again(found, Reached(rotation) + found.Failed)
                : $"{TableView.Number(rotation.Verified)} rows looked at again"
        ) + DecryptedWords.Changing(rotation.Changing);
}
