namespace RotationMesh.Core.Keys;

/// <summary>
/// Which part of a written secret is the secret, wherever it comes from: all of it, except a byte order mark at its start
/// and one newline at its end, which editors and <c>echo</c> add.
/// </summary>
public static class SecretRule
{
    private const char ByteOrderMark = '\uFEFF';
    private const char ZeroWidthSpace = '\u200B';

    /// <summary>Returns the secret.</summary>
    public static string Taken(string written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var start = written.StartsWith(ByteOrderMark) ? 1 : 0;
        var end =
            written.EndsWith("\r\n", StringComparison.Ordinal) ? written.Length - 2
            : written.EndsWith('\n') ? written.Length - 1
            : written.Length;
        return written[start..Math.Max(start, end)];
    }

    /// <summary>
    /// Returns what other readers may take it for: one that reads it as it is written, and one that cuts off all white
    /// space. Empty where both get what <see cref="Taken"/> returns.
    /// </summary>
    public static IReadOnlyList<OtherReading> Others(string written)
    {
        var taken = Taken(written);
        var others = new List<OtherReading>();
        if (taken != written)
            others.Add(
                new(
                    written,
                    written.StartsWith(ByteOrderMark)
                        ? "as it is written, with the byte order mark before it"
                        : "as it is written, with the newline at its end"
                )
            );
        if (Bare(taken) is { } bare && bare != taken)
            others.Add(new(bare, "without the white space at its ends"));
        return others;
    }

    /// <summary>Returns the text without white space at its ends, visible or not.</summary>
    public static string Bare(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (start, end) = (0, text.Length);
        while (start < end && IsBlank(text[start]))
            start++;
        while (end > start && IsBlank(text[end - 1]))
            end--;
        return text[start..end];
    }

    private static bool IsBlank(char character) =>
        char.IsWhiteSpace(character) || character is ByteOrderMark or ZeroWidthSpace;
}
