using System.Globalization;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Output;

/// <summary>
/// What a pass decrypted, in words that claim no more: a row without a value was looked at and not decrypted, and of a
/// large table a sample is not all.
/// </summary>
internal static class DecryptedWords
{
    /// <summary>What was decrypted again of <paramref name="reached"/> rows at the target version.</summary>
    public static string Again(DecryptedRows found, long reached)
    {
        if (found.Rows == 0)
            return "counted again, none decrypted";
        if (found is { Values: 0, Failed: 0 })
            return $"counted again, none decrypted: none of {TableView.Number(found.Rows)} rows that were looked at holds a value";
        var whole = found.Rows >= reached;
        var share = string.Create(
            CultureInfo.InvariantCulture,
            $"a {100.0 * found.Rows / Math.Max(reached, 1):0.##} % sample"
        );
        if (found.Failed > 0)
            return $"{(whole ? "" : $"{share}: ")}{TableView.Number(found.Sound)} of {TableView.Number(found.Rows)} rows decrypted again{Values(found)}, {TableView.Number(found.Failed)} do not";
        return whole
            ? $"all {TableView.Number(found.Rows)} rows decrypted again{Values(found)}"
            : $"{share} of {TableView.Number(found.Rows)} rows decrypted again{Values(found)}";
    }

    /// <summary>The values in brackets, and the rows that hold none; nothing where each row holds one.</summary>
    public static string Values(DecryptedRows found) =>
        found.Empty == 0 && found.Values == found.Sound ? ""
        : found.Empty == 0 ? $" ({TableView.Number(found.Values)} values)"
        : $" ({TableView.Number(found.Values)} values; {TableView.Number(found.Empty)} rows hold none)";
}
