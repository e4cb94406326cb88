namespace RotationMesh.MapFile.Connections;

/// <summary>Decodes the percent-encoding of a URL's parts (RFC 3986, 2.1); a plus sign is a plus sign.</summary>
internal static class UrlText
{
    /// <summary>
    /// Returns the text of a part. Throws <see cref="FormatException"/> that names the part for a percent sign without
    /// two hex digits, bytes that are not UTF-8, and NUL.
    /// </summary>
    public static string Decode(string encoded, string part)
    {
        for (var i = encoded.IndexOf('%', StringComparison.Ordinal); i >= 0; i = encoded.IndexOf('%', i + 1))
        {
            if (
                i + 2 >= encoded.Length
                || !char.IsAsciiHexDigit(encoded[i + 1])
                || !char.IsAsciiHexDigit(encoded[i + 2])
            )
                throw new FormatException($"the URL's {part} has a percent sign that must be written %25");
        }

        var text = Uri.UnescapeDataString(encoded);
        // The framework leaves bytes that are not UTF-8 encoded, and they would be sent as percent signs.
        var stayed = text.Count(c => c == '%') != CountEncodedPercents(encoded);
        return stayed || text.Contains('\0', StringComparison.Ordinal)
            ? throw new FormatException($"the URL's {part} is not UTF-8 text after percent-decoding")
            : text;
    }

    private static int CountEncodedPercents(string encoded) => encoded.AsSpan().Count("%25");
}
