using RotationMesh.Operations.Documents;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>Shows the outcome of a retirement, and what it is based on.</summary>
internal static class RetirementView
{
    /// <summary>Writes the obstacles, the warnings of the scan, and the verdict.</summary>
    public static void Show(IAnsiConsole console, RetirementDocument outcome)
    {
        foreach (var obstacle in outcome.InTheWay)
            console.Line($"In the way: {obstacle}");
        foreach (var warning in outcome.Warnings)
            console.Warn($"Scan: {warning}");
        console.Line(Verdict(outcome));
    }

    private static string Verdict(RetirementDocument outcome)
    {
        if (!outcome.Retired)
            return outcome.RetiredAt is { } since
                ? $"Key version {outcome.Version} was retired, at {since:u}, and may be needed again: keep its key."
                : $"Key version {outcome.Version} is not retired.";
        // The version was retired before, and no row has used it since.
        if (outcome is { Scans.Count: 0, ScanSkipped: null })
            return $"Key version {outcome.Version} is retired, since {outcome.RetiredAt:u}.";
        var counted =
            outcome.Rows == 0 ? "The map's tables have no row" : "No row of the map's tables needs it";
        return $"Key version {outcome.Version} is retired. {counted}{Unread(outcome)}{Scan(outcome)}; take it out of the key ring when no backup does.";
    }

    private static string Unread(RetirementDocument outcome) =>
        outcome.ExternalUnread == 0
            ? ""
            : $", as far as anybody can tell: {TableView.Number(outcome.ExternalUnread)} external values were not decrypted";

    private static string Scan(RetirementDocument outcome)
    {
        if (outcome.ScanSkipped is { } reason)
            return $"; what the map does not name was not scanned ({reason}){LeftOut(outcome)}";
        var tables = outcome.Scans.Sum(scan => scan.Tables.Count);
        var rows = outcome.Scans.Sum(scan => scan.Tables.Sum(table => table.RowsLookedAt));
        var whole = outcome.Scans.Sum(scan => scan.Tables.Count(table => table.IsExhausted));
        return $", and no value that the map does not name, and that is neither compressed nor encrypted once more, opened with it in {TableView.Number(rows)} rows of {TableView.Number(tables)} tables that were looked at ({TableView.Number(whole)} of them wholly){LeftOut(outcome)}";
    }

    private static string LeftOut(RetirementDocument outcome) =>
        outcome.ScanSkippedOf.Count == 0
            ? ""
            : $"; left out: {string.Join(", ", outcome.ScanSkippedOf.Select(skipped => $"{skipped.Place} ({skipped.Reason})"))}";
}
