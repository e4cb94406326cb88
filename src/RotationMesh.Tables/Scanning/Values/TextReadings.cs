namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Reads a text in every way that it may be meant: as an address, a document in a log line, or a value in lines.
/// </summary>
internal static class TextReadings
{
    /// <summary>Longest line of a value that is written in lines.</summary>
    private const int LongestLine = 128;

    /// <summary>
    /// Returns the text as it stands; where it has lines, without white space (encode() and openssl break lines after 76 or 64
    /// digits); and without escapes.
    /// </summary>
    public static IEnumerable<string> Of(string text)
    {
        yield return text;
        if (text.AsSpan().ContainsAny('\r', '\n'))
            yield return string.Concat(text.Where(sign => !char.IsWhiteSpace(sign)));
        if (text.Contains('%', StringComparison.Ordinal))
            yield return Uri.UnescapeDataString(text);
        if (text.Contains('\\', StringComparison.Ordinal))
            yield return text.Replace(@"\u002b", "+", StringComparison.OrdinalIgnoreCase)
                .Replace(@"\u003d", "=", StringComparison.OrdinalIgnoreCase)
                .Replace(@"\u002f", "/", StringComparison.OrdinalIgnoreCase)
                .Replace(@"\/", "/", StringComparison.Ordinal);
    }

    /// <summary>
    /// Whether it is one line, or lines of one length with a last one that may be shorter, as encode(), openssl and MIME write
    /// a value.
    /// </summary>
    public static bool IsOneValue(string text)
    {
        var longest = text.AsSpan().IndexOfAny('\r', '\n');
        if (longest > LongestLine)
            return false;
        var isLast = false;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty)
                continue;
            if (isLast || line.Length > longest && longest >= 0)
                return false;
            isLast = longest >= 0 && line.Length < longest;
        }

        return true;
    }
}
