using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows what verification found.</summary>
internal static class VerificationView
{
    /// <summary>Writes the table, the failures, the verdict and, where asked for, the JSON document.</summary>
    public static void Show(Terminal terminal, VerificationDocument report)
    {
        List<(string Name, Func<VerifiedTable, long> Of)> counts =
        [
            ("Rows", table => table.Rows),
            ("Verified", table => table.Verified),
            ("Empty", table => table.Empty),
            ("External", table => table.External),
            ("Failed", table => table.Failed),
        ];
        counts.RemoveAll(count => count.Name == "Empty" && report.Totals.Empty == 0);
        var table = TableView.Of(["Scope", "Table"], counts.Select(count => count.Name));
        foreach (var totals in report.Scopes)
            table.Add([totals.Scope, totals.Table, .. counts.Select(count => (object)count.Of(totals))]);
        terminal.Tables.Write(table);
        FailureView.List(terminal.Tables, report.Failures, report.Totals.Failed);
        RetiredView.Show(terminal.Tables, report.Retired);
        NoteView.Show(terminal.Tables, report.Standbys);
        NoteView.Show(terminal.Tables, report.Notes);
        NoteView.ShowLimits(terminal.Tables, report.Limits);
        terminal.Tables.Line(Verdict(report));
        terminal.WriteJson(report);
    }

    private static string Verdict(VerificationDocument report)
    {
        var totals = report.Totals;
        var found = new DecryptedRows(
            totals.Verified + totals.Failed,
            totals.Values,
            totals.Empty,
            totals.Failed
        );
        return Decrypted(report, found) + DecryptedWords.Changing(report.Scopes.Sum(table => table.Changing));
    }

    private static string Decrypted(VerificationDocument report, DecryptedRows found) =>
        found switch
        {
            { Failed: > 0 } =>
                $"{TableView.Number(found.Failed)} rows do not decrypt under the version that they claim; {TableView.Number(found.Sound)} do{DecryptedWords.Values(found)}",
            { Rows: 0 } when report.Totals.External > 0 =>
                $"Nothing was decrypted: of {TableView.Number(report.Totals.External)} rows the value lives elsewhere",
            { Rows: 0 } => "Nothing was decrypted: there is no row",
            { Values: 0 } =>
                $"Nothing was decrypted: none of {TableView.Number(found.Rows)} rows that were looked at holds a value",
            _ when !report.Ok =>
                $"Not all is well, as said above; {TableView.Number(found.Sound)} rows decrypt under the version that they claim{DecryptedWords.Values(found)}",
            _ =>
                $"Verified: {TableView.Number(found.Sound)} rows decrypt under the version that they claim{DecryptedWords.Values(found)}",
        };
}
