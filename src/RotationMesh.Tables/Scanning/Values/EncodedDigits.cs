using System.Buffers;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>Digits of base64, in either alphabet, and of hex; and the bytes that they stand for.</summary>
internal static class EncodedDigits
{
    /// <summary>Digits of the shortest envelope: 29 bytes in base64 without padding, and in hex.</summary>
    public const int ShortestBase64 = 39;
    public const int ShortestHex = EnvelopeLook.Shortest * 2;

    public static readonly SearchValues<char> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
    );

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Returns the bytes of hex; null where it is none.</summary>
    public static byte[]? OfHex(ReadOnlySpan<char> digits) =>
        digits.Length % 2 == 0 && !digits.ContainsAnyExcept(Hex) ? Convert.FromHexString(digits) : null;

    /// <summary>
    /// Returns the bytes of hex that may hold an envelope, with or without <c>x</c> or <c>0x</c> before it; null where it is
    /// none.
    /// </summary>
    public static byte[]? OfLongHex(ReadOnlySpan<char> digits)
    {
        var hex =
            digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..]
            : digits.StartsWith("x", StringComparison.OrdinalIgnoreCase) ? digits[1..]
            : digits;
        return hex.Length >= ShortestHex ? OfHex(hex) : null;
    }

    /// <summary>Returns the bytes of base64 without padding; null where no number of bytes has so many digits.</summary>
    public static byte[]? OfBase64(string digits)
    {
        if (digits.Length % 4 == 1)
            return null;
        var standard = digits.Replace('-', '+').Replace('_', '/');
        var bytes = new byte[(digits.Length + 3) / 4 * 3];
        return Convert.TryFromBase64String(
            standard.PadRight((digits.Length + 3) / 4 * 4, '='),
            bytes,
            out var written
        )
            ? bytes[..written]
            : null;
    }
}
