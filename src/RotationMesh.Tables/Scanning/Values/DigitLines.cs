namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Finds values in lines with other text before or after them: consecutive lines that hold nothing but digits of base64 or
/// hex, all of one length but for the last, as encode(), openssl and MIME write them.
/// </summary>
internal sealed class DigitLines
{
    /// <summary>Shortest and longest line of a value that goes on in the next one.</summary>
    private const int Shortest = 16;
    private const int Longest = 128;

    private const int LongestPadding = 2;

    private readonly List<string> values = [];
    private readonly List<string> lines = [];

    private DigitLines() { }

    /// <summary>Returns the values, each without its line breaks; it reads a text once, and one without lines not at all.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        if (!text.AsSpan().ContainsAny('\r', '\n'))
            return [];
        var found = new DigitLines();
        foreach (var line in text.AsSpan().EnumerateLines())
            found.Add(line.Trim());
        found.End();
        return found.values;
    }

    private void Add(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
            return;
        var digits = line.TrimEnd('=');
        var padding = line.Length - digits.Length;
        if (
            padding > LongestPadding
            || line.Length > Longest
            || digits.IsEmpty
            || digits.ContainsAnyExcept(EncodedDigits.Base64)
        )
        {
            End();
            return;
        }

        if (lines.Count > 0 && line.Length > lines[0].Length)
            End(); // a word before the value
        var mayGoOn = padding == 0 && line.Length == (lines.Count > 0 ? lines[0].Length : line.Length);
        if (lines.Count > 0 || (mayGoOn && line.Length >= Shortest))
            lines.Add(line.ToString());
        if (!mayGoOn)
            End();
    }

    private void End()
    {
        if (lines.Count > 1 && lines.Sum(line => line.Length) >= EncodedDigits.ShortestBase64)
            values.Add(string.Concat(lines));
        lines.Clear();
    }
}
