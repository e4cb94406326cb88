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

    /// <summary>Digits of the shortest envelope, without padding: 39 for 29 bytes.</summary>
    private const int ShortestEnvelope = (((EnvelopeCipher.OverheadBytes + 1) * 4) + 2) / 3;

    private static readonly byte[] Digits = MakeDigits();
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Returns how many bytes a text of this many UTF-8 bytes decodes to at most.</summary>
    public static int MaxDecodedLength(int textLength) => (textLength + 3) / 4 * 3;

    /// <summary>
    /// Decodes into <paramref name="destination"/> and returns the number of bytes; no text is refused. The text was
    /// <paramref name="read"/> up to its end, or up to padding with text after it.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> destination, out int read)
    {
        // Canonical text, the usual case, takes the vectorized path; any other text is read again character by character.
        var status = Base64.DecodeFromUtf8(text, destination, out read, out var written);
        return status == OperationStatus.Done && read == text.Length
            ? written
            : DecodeOdd(text, destination, out read);
    }

    /// <summary>
    /// Decodes a text into its own memory, as <see cref="Decode"/> does. What was not read stays as it is.
    /// </summary>
    public static int DecodeInPlace(Span<byte> text, out int read)
    {
        // The vectorized path overwrites the text, which then can't be read again: so check first whether it can decode
        // all of it.
        if (text.Length % 4 != 0 || text.ContainsAny(Blanks) || !Base64.IsValid(text))
            return DecodeOdd(text, text, out read); // a character gives at most one byte, so nothing unread is overwritten
        read = text.Length;
        var status = Base64.DecodeFromUtf8InPlace(text, out var written);
        return status == OperationStatus.Done
            ? written
            : throw new InvalidOperationException($"base64 that is valid was not decoded: {status}");
    }

    /// <summary>
    /// Whether text after the padding of a value may be another envelope: it has a run of digits, which lines may break, as
    /// long as the shortest one.
    /// </summary>
    public static bool MayHoldEnvelope(ReadOnlySpan<byte> rest)
    {
        var run = 0;
        foreach (var character in rest)
            if (Digits[character] != Foreign)
            {
                if (++run == ShortestEnvelope)
                    return true;
            }
            else if (character != (byte)'\r' && character != (byte)'\n')
            {
                run = 0;
            }

        return false;
    }

    private static int DecodeOdd(ReadOnlySpan<byte> text, Span<byte> destination, out int read)
    {
        var padding = text.IndexOf((byte)'=');
        read = padding < 0 ? text.Length : padding;
        var written = 0;
        var bits = 0;
        var held = 0;
        foreach (var character in text[..read])
        {
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
