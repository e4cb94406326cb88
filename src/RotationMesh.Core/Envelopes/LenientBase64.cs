using System.Buffers;
using System.Buffers.Text;

namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Reads base64 as the application does (Node's <c>Buffer.from(text, 'base64')</c>): both alphabets of RFC 4648, padding
/// optional, white space and foreign characters ignored, everything after the padding ignored. Writing, which is done
/// elsewhere, is canonical.
/// </summary>
internal static class LenientBase64
{
    private const byte Foreign = 0xFF;
    private static readonly byte[] Digits = MakeDigits();
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Returns how many bytes a text of this many UTF-8 bytes decodes to at most.</summary>
    public static int MaxDecodedLength(int textLength) => (textLength + 3) / 4 * 3;

    /// <summary>Decodes into <paramref name="destination"/> and returns the number of bytes; no text is refused.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        // Canonical text, the usual case, takes the vectorized path; any other text is read again character by character.
        var status = Base64.DecodeFromUtf8(text, destination, out var consumed, out var written);
        return status == OperationStatus.Done && consumed == text.Length
            ? written
            : DecodeOdd(text, destination);
    }

    /// <summary>Decodes a text into its own memory and returns the number of bytes; no text is refused.</summary>
    public static int DecodeInPlace(Span<byte> text)
    {
        // The vectorized path overwrites the text, which then can't be read again: so check first whether it can decode
        // all of it.
        if (text.Length % 4 != 0 || text.ContainsAny(Blanks) || !Base64.IsValid(text))
            return DecodeOdd(text, text); // a character gives at most one byte, so nothing unread is overwritten
        var status = Base64.DecodeFromUtf8InPlace(text, out var written);
        return status == OperationStatus.Done
            ? written
            : throw new InvalidOperationException($"base64 that is valid was not decoded: {status}");
    }

    private static int DecodeOdd(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var written = 0;
        var bits = 0;
        var held = 0;
        foreach (var character in text)
        {
            if (character == (byte)'=')
                break;
            var digit = Digits[character];
            if (digit == Foreign)
                continue;
            bits = (bits << 6) | digit;
            held += 6;
            if (held < 8)
                continue;
            held -= 8;
            destination[written++] = (byte)(bits >> held);
        }

        return written;
    }

    private static byte[] MakeDigits()
    {
        var digits = new byte[256];
        Array.Fill(digits, Foreign);
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        for (var value = 0; value < alphabet.Length; value++)
            digits[alphabet[value]] = (byte)value;
        digits['-'] = 62;
        digits['_'] = 63;
        return digits;
    }
}
