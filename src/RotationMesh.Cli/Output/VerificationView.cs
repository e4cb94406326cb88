using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows what verification found.</summary>
internal static class VerificationView
{
    /// <summary>Writes the table and, where asked for, the JSON document.</summary>
    public static void Show(Terminal terminal, VerificationDocument report)
    {
        var table = Tables.Of(["Scope", "Table"], ["Rows", "Verified", "External", "Failed"]);
        foreach (var totals in report.Scopes)
            table.Add(
                totals.Scope,
                totals.Table,
                totals.Rows,
                totals.Verified,
                totals.External,
                totals.Failed
            );
        terminal.Tables.Write(table);
        FailureView.List(terminal.Tables, report.Failures, report.Totals.Failed);
        RetiredView.Show(terminal.Tables, report.Retired);
        terminal.Tables.Line(
            report.Totals.Failed == 0
                ? $"Verified: {Tables.Number(report.Totals.Verified)} rows decrypt under the version that they claim"
                : $"{Tables.Number(report.Totals.Failed)} rows do not decrypt under the version that they claim"
        );
        terminal.WriteJson(report);
    }
}
