using RotationMesh.Engine;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows what verification found.</summary>
internal static class VerificationView
{
    /// <summary>Writes the table and, where asked for, the JSON document.</summary>
    public static void Show(Terminal terminal, VerificationReport report)
    {
        var failed = report.Tables.Sum(table => table.Failed);
        var table = Tables.Of(["Scope", "Table"], ["Rows", "Verified", "External", "Failed"]);
        foreach (var totals in report.Tables)
            table.Add(
                totals.Scope,
                totals.Table,
                totals.Rows,
                totals.Verified,
                totals.External,
                totals.Failed
            );
        terminal.Tables.Write(table);
        FailureView.List(terminal.Tables, report.Failures, failed);
        terminal.Tables.WriteLine(
            failed == 0
                ? $"Verified: {Tables.Number(report.Tables.Sum(totals => totals.Verified))} rows decrypt under the version that they claim"
                : $"{Tables.Number(failed)} rows do not decrypt under the version that they claim"
        );
        terminal.WriteJson(
            new
            {
                Ok = failed == 0,
                Totals = new
                {
                    Rows = report.Tables.Sum(totals => totals.Rows),
                    Verified = report.Tables.Sum(totals => totals.Verified),
                    External = report.Tables.Sum(totals => totals.External),
                    Failed = failed,
                },
                Scopes = report.Tables,
                Failures = report.Failures.Select(FailureView.Document),
            }
        );
    }
}
