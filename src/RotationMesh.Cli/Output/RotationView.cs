using System.Globalization;
using RotationMesh.Engine;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows how a rotation ended.</summary>
internal static class RotationView
{
    /// <summary>Writes the table and, where asked for, the JSON document.</summary>
    public static void Show(Terminal terminal, RotationReport report, RotationRequest request)
    {
        var console = terminal.Tables;
        ShowTable(console, report);
        FailureView.List(console, report.Failures, report.Tables.Sum(totals => totals.Failed));
        var external = report.Tables.Sum(totals => totals.External);
        if (external > 0)
            console.MarkupLineInterpolated(
                $"[yellow]{Tables.Number(external)} external rows keep their old key: their values live outside the database[/]"
            );
        console.WriteLine(Verdict(report, request));
        if (!report.DryRun)
            console.WriteLine($"Rotation {report.RotationId}");
        terminal.WriteJson(Document(report));
    }

    private static void ShowTable(IAnsiConsole console, RotationReport report)
    {
        var table = Tables.Of(
            ["Scope", "Table"],
            ["Rows", report.DryRun ? "Would rotate" : "Rotated", "Current", "External", "Failed", "Conflicts"]
        );
        foreach (var totals in report.Tables)
            table.Add(
                totals.Scope,
                totals.Table,
                totals.Rows,
                totals.Rotated,
                totals.Current,
                totals.External,
                totals.Failed,
                totals.Conflicts
            );
        console.Write(table);
    }

    private static string Verdict(RotationReport report, RotationRequest request)
    {
        var rotated = report.Tables.Sum(totals => totals.Rotated);
        var seconds = report.Elapsed.TotalSeconds;
        var verdict = report.State switch
        {
            "Completed" when report.DryRun => "Dry run: every row can be rotated; nothing was written",
            "Completed" =>
                $"Completed: every row is at version {report.TargetVersion}; {Tables.Number(report.Verified)} decrypted again",
            "Cancelled" =>
                $"Stopped: {Tables.Number(report.Tables.Sum(totals => totals.Pending))} rows are still to do; rotate again to go on",
            _ when report.DryRun => "Dry run: the rows above can't be rotated; nothing was written",
            _ =>
                $"{Tables.Number(report.Tables.Sum(totals => totals.Failed))} rows are left: repair them and rotate again",
        };
        var rate = rotated / Math.Max(seconds, 0.001);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict}. {rotated:N0} rows in {seconds:0.0} s ({rate:N0} rows/s, {request.Workers} workers)"
        );
    }

    private static object Document(RotationReport report) =>
        new
        {
            report.RotationId,
            report.State,
            report.DryRun,
            report.TargetVersion,
            ElapsedSeconds = Math.Round(report.Elapsed.TotalSeconds, 3),
            report.Verified,
            Totals = new
            {
                Rows = report.Tables.Sum(totals => totals.Rows),
                Rotated = report.Tables.Sum(totals => totals.Rotated),
                Current = report.Tables.Sum(totals => totals.Current),
                External = report.Tables.Sum(totals => totals.External),
                Failed = report.Tables.Sum(totals => totals.Failed),
                Conflicts = report.Tables.Sum(totals => totals.Conflicts),
                Pending = report.Tables.Sum(totals => totals.Pending),
            },
            Scopes = report.Tables,
            Failures = report.Failures.Select(FailureView.Document),
        };
}
