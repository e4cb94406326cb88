using System.Globalization;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>
/// Describes what a pass decrypted, without overstating it: a row without a value was read and not decrypted, and a sample
/// of a large table is not all of it.
/// </summary>
internal static class DecryptedWords
{
    /// <summary>Describes how many of the <paramref name="reached"/> rows at the target version were decrypted again.</summary>
    public static string Again(DecryptedRows found, long reached)
    {
        if (found.Rows == 0)
            return "counted again, none decrypted";
        if (found is { Values: 0, Failed: 0 })
            return $"counted again, none decrypted: none of {TableView.Number(found.Rows)} rows that were looked at holds a value";
        var whole = found.Rows >= reached;
        // Rounded down: what is not all of it is not 100 %.
        var share = Math.Floor(10_000.0 * found.Rows / Math.Max(reached, 1)) / 100 is > 0 and var percent
            ? string.Create(CultureInfo.InvariantCulture, $"a {percent:0.##} % sample")
            : "a sample of less than 0.01 %";
        if (found.Failed > 0)
            return $"{(whole ? "" : $"{share}: ")}{TableView.Number(found.Sound)} of {TableView.Number(found.Rows)} rows decrypted again{Values(found)}, {TableView.Number(found.Failed)} do not";
        return whole
            ? $"all {TableView.Number(found.Rows)} rows decrypted again{Values(found)}"
            : $"{share} of {TableView.Number(found.Rows)} rows decrypted again{Values(found)}";
    }

    /// <summary>Describes rows that changed each time that they were to be decrypted; empty where there are none.</summary>
    public static string Changing(long rows) =>
        rows == 0
            ? ""
            : $"; {TableView.Number(rows)} rows changed each time, so nobody knows whether they decrypt";

    /// <summary>
    /// Returns the number of values in brackets, with the rows that hold none; empty where each row holds one value.
    /// </summary>
    public static string Values(DecryptedRows found) =>
        found.Empty == 0 && found.Values == found.Sound ? ""
        : found.Empty == 0 ? $" ({TableView.Number(found.Values)} values)"
        : $" ({TableView.Number(found.Values)} values; {TableView.Number(found.Empty)} rows hold none)";
}
