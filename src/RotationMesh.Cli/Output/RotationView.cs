using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows a rotation.</summary>
internal static class RotationView
{
    /// <summary>Shows how a verb left a rotation: table, verdict and, where asked for, the JSON document.</summary>
    public static void ShowEnd(Terminal terminal, RotationDocument rotation)
    {
        var console = terminal.Tables;
        ShowTable(console, rotation);
        FailureView.List(console, rotation.Failures, rotation.Totals.Failed);
        SparseView.Show(console, rotation.Scopes);
        ShowPostChecks(console, rotation);
        console.Line(RotationVerdict.Of(rotation));
        ShowNewer(console, rotation);
        ShowPaused(console, rotation);
        if (!rotation.DryRun)
            console.Line($"Rotation {rotation.RotationId}");
        if (rotation.AuditHead is { } head)
            console.Line($"Audit log up to here, to note: {head}");
        terminal.WriteJson(rotation);
    }

    /// <summary>Shows a rotation as it is now.</summary>
    public static void Show(IAnsiConsole console, RotationDocument rotation)
    {
        console.Line($"Rotation {rotation.RotationId} to version {rotation.TargetVersion}: {rotation.State}");
        ShowTerms(console, rotation);
        foreach (var fault in rotation.Reason?.Split('\n') ?? [])
            console.Line($"  {fault}");
        if (rotation.StartedAt is { } started)
            console.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  started {started:u} by {rotation.RequestedBy}, {Duration(rotation.ElapsedSeconds)}"
                )
            );
        if (rotation is { EndedAt: null, Partitions: { } partitions })
            console.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  pass {partitions.Sweep}: {partitions.Done:N0} of {partitions.Planned:N0} partitions done, {partitions.WithWorkers:N0} with workers, {partitions.Failed:N0} failed"
                )
            );
        ShowPaused(console, rotation);
        foreach (var worker in rotation.Workers)
            ShowWorker(console, worker);
        foreach (var refusal in rotation.Refusals)
            console.Line($"  worker {refusal.Worker} refuses: {refusal.Reason}");
        foreach (var request in rotation.RefusedRequests)
            console.Warn(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {request.Action} was refused, asked {request.RequestedAt:u} by {request.RequestedBy ?? "nobody"}: {request.Reason}"
                )
            );
        if (rotation.EndedAt is null)
            console.Line(
                rotation.Partitions is { WithWorkers: > 0 }
                    ? "  rows as counted so far, without those of partitions that workers have in hand:"
                    : "  rows as counted so far:"
            );
        ShowTable(console, rotation);
        FailureView.List(console, rotation.Failures, rotation.Totals.Failed);
        SparseView.Show(console, rotation.Scopes);
        ShowPostChecks(console, rotation);
    }

    // "Completed" means no more than was asked for.
    private static void ShowTerms(IAnsiConsole console, RotationDocument rotation)
    {
        if (rotation.Within is { } part)
            console.Warn($"  limited to {part}");
        if (rotation.IgnoredGates.Count > 0)
            console.Warn($"  gates ignored: {string.Join(", ", rotation.IgnoredGates)}");
        if (rotation.Verify is { } verify)
            console.Line($"  verification: {verify}");
    }

    private static void ShowTable(IAnsiConsole console, RotationDocument rotation)
    {
        List<(string Name, Func<TableDocument, long> Of)> counts =
        [
            ("Rows", table => table.Rows),
            (rotation.DryRun ? "Would rotate" : "Rotated", table => table.Rotated),
            ("Current", table => table.Current),
            ("Empty", table => table.Empty),
            ("External", table => table.External),
            ("Failed", table => table.Failed),
            ("Conflicts", table => table.Conflicts),
        ];
        // Rare outcomes get a column only where they occurred: all columns together exceed many terminals.
        counts.RemoveAll(count =>
            count.Name is "Empty" or "External" or "Conflicts"
            && rotation.Scopes.All(table => count.Of(table) == 0)
        );
        var table = TableView.Of(["Scope", "Table"], counts.Select(count => count.Name));
        foreach (var totals in rotation.Scopes)
            table.Add([totals.Scope, totals.Table, .. counts.Select(count => (object)count.Of(totals))]);
        console.Write(table);
    }

    private static void ShowPostChecks(IAnsiConsole console, RotationDocument rotation)
    {
        NoteView.Show(console, rotation.Notes);
        foreach (var check in rotation.PostChecks)
            console.Line($"Post-check {check.Name}: {(check.Passed ? "passed" : $"failed: {check.Reason}")}");
    }

    private static void ShowWorker(IAnsiConsole console, MeshWorkerDocument worker)
    {
        var keys = string.Join(", ", worker.Keys.Select(key => $"{key.Version} {key.Fingerprint}"));
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"  worker {worker.Worker}, version {worker.Version}: keys {keys}; last seen {worker.LastSeen:u}"
        );
        if (worker.Lacks is { } lacks)
            console.Warn($"{line}; {lacks}");
        else if (!worker.Present)
            console.Warn($"{line}; it is gone");
        else
            console.Line(line);
    }

    private static void ShowPaused(IAnsiConsole console, RotationDocument rotation)
    {
        if (rotation.PausedQueues.Count == 0)
            return;
        var queues = string.Join(", ", rotation.PausedQueues);
        if (rotation.EndedAt is null && rotation.State != RotationState.Paused && !rotation.Abandoned)
            console.Line($"  the application's queues are paused for it: {queues}");
        else
            console.Warn(
                $"The application's queues stay paused: {queues}; resume them with 'rotationmesh workers resume'"
            );
    }

    private static void ShowNewer(IAnsiConsole console, RotationDocument rotation)
    {
        if (rotation.Failures.Any(failure => failure.Error == "NewerVersion"))
            console.Warn(
                $"Rows above version {rotation.TargetVersion} are left as they are: rotate with --allow-downgrade to bring them down, or to their version"
            );
    }

    private static string Duration(double seconds) =>
        TimeSpan.FromSeconds(seconds) is { TotalMinutes: >= 1 } long_
            ? long_.ToString(long_.Days > 0 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
