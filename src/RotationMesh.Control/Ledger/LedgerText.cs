namespace RotationMesh.Control.Ledger;

/// <summary>
/// Makes the names and reasons that workers send fit the ledger: cut to the length that it allows, and without NUL, which
/// PostgreSQL can't store. One worker's odd name must not undo a batch of results.
/// </summary>
internal static class LedgerText
{
    private const int LongestName = 200;
    private const int LongestReason = 500;
    private const string Nothing = "unknown";

    public static string Name(string text) => Fit(text, LongestName);

    public static string Reason(string text) => Fit(text, LongestReason);

    private static string Fit(string text, int longest)
    {
        var clean = text.Replace("\0", "", StringComparison.Ordinal);
        if (clean.Length > longest)
            clean = clean[..(char.IsHighSurrogate(clean[longest - 1]) ? longest - 1 : longest)];
        return clean.Length == 0 ? Nothing : clean;
    }
}
