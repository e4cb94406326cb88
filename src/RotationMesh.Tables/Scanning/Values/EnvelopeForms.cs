using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Finds in a text what may be an envelope, with anything before and after it: base64 in either alphabet, with padding or
/// without, also in lines; hex; or PostgreSQL's text of bytes (<c>\x…</c>).
/// </summary>
internal static class EnvelopeForms
{
    private const int ShortestBase64 = 39; // digits of 29 bytes without padding
    private const int ShortestHex = EnvelopeLook.Shortest * 2;

    /// <summary>
    /// Signs of the alphabet that may join a prefix such as <c>enc_v1_</c>, or a suffix; and how long either is.
    /// </summary>
    private const string Joints = "_-/+";
    private const int LongestJoined = 24;

    /// <summary>Bytes before a text in a binary message, for its type and its length; and <c>=</c> signs after it.</summary>
    private const int LongestLength = 2;
    private const int LongestPadding = 2;

    /// <summary>Longest prefix, in characters, that counts as a label, such as <c>enc:v1:</c>.</summary>
    private const int LongestLabel = 24;

    /// <summary>Offsets at which an envelope may begin: a version or a label may stand before its bytes.</summary>
    private static readonly int[] BinaryOffsets = [0, 1, 2, 4, 8];

    private static readonly SearchValues<char> Base64Digits = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
    );

    /// <summary>Returns every form that the text may hold, without those that can't be of random bytes.</summary>
    public static IEnumerable<EnvelopeForm> Of(string text)
    {
        if (BytesOf(text) is { } bytes)
            return OfBytes(bytes);
        return OfText(text);
    }

    private static IEnumerable<EnvelopeForm> OfText(string text)
    {
        List<EnvelopeForm> forms = [.. TextReadings.Of(text).Distinct().SelectMany(Runs)];
        List<EnvelopeRun> files = [.. forms.Where(form => form.IsFile).Select(form => form.Run)];
        if (files.Count == 0)
            return forms;
        // A file in lines or with escapes is whole in one reading of the text and in pieces in another; the pieces are left
        // out. In a text that is not one value, each line is a value of its own, and none is left out.
        var isOneValue = TextReadings.IsOneValue(text);
        return forms.Where(form =>
            !files.Exists(file => ReferenceEquals(file, form.Run) || (isOneValue && form.Run.IsIn(file)))
        );
    }

    /// <summary>Returns every form that bytes may hold; they may be the bytes of a text.</summary>
    public static IEnumerable<EnvelopeForm> Of(byte[] bytes) => OfBytes(bytes);

    private static byte[]? BytesOf(string text) =>
        text.StartsWith(@"\x", StringComparison.Ordinal) ? Hex(text.AsSpan(2)) : null;

    private static byte[]? Hex(ReadOnlySpan<char> digits)
    {
        var bytes = new byte[digits.Length / 2];
        return
            digits.Length % 2 == 0
            && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done
            ? bytes
            : null;
    }

    private static IEnumerable<EnvelopeForm> OfBytes(byte[] bytes)
    {
        if (Array.TrueForAll(bytes, value => value is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\r'))
            return Of(Encoding.ASCII.GetString(bytes));
        if (FileSignatures.IsFile(bytes))
            return [];
        var run = new EnvelopeRun("", 0);
        var asTheyAre = BinaryOffsets
            .Where(offset => bytes.Length - offset >= EnvelopeLook.Shortest)
            .Select(offset => new EnvelopeForm(
                offset == 0 ? bytes : bytes[offset..],
                offset == 0 && EnvelopeLook.IsLikely(bytes),
                run
            ))
            .Where(form => EnvelopeLook.IsPossible(form.Raw));
        // The bytes may be a text with letters beyond ASCII, or a message in a binary format with a text in it. Such a message
        // has no lines or escapes that would be worth copies of megabytes.
        var inText = Utf8.IsValid(bytes)
            ? OfText(Encoding.UTF8.GetString(bytes))
            : Runs(Encoding.Latin1.GetString(bytes)).Where(form => !form.IsFile);
        return asTheyAre.Concat(inText.Select(form => form with { Likely = false }));
    }

    private static IEnumerable<EnvelopeForm> Runs(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var next = text.AsSpan(at).IndexOfAny(Base64Digits);
            if (next < 0)
                yield break;
            var start = at + next;
            var length = text.AsSpan(start).IndexOfAnyExcept(Base64Digits);
            var end = length < 0 ? text.Length : start + length;
            at = end;
            if (end - start < ShortestBase64)
                continue;
            var rest = text.AsSpan(end).TrimStart('=').Length;
            foreach (
                var form in Run(
                    text[start..end],
                    Escape(text, start),
                    Labels(text.AsSpan(0, start)) && rest == 0,
                    end + rest == text.Length
                )
            )
                yield return form;
        }
    }

    // Number of digits at the run's start that belong to an escape, such as the two of %2B.
    private static int Escape(string text, int start) =>
        start == 0 ? 0
        : text[start - 1] == '%' ? 2
        : text[start - 1] == '\\' && text[start] == 'u' ? 5
        : 0;

    // A value with the label of a password's hash, a digest or an address does not count as an envelope by its looks.
    private static bool Labels(ReadOnlySpan<char> prefix) =>
        prefix.Length <= LongestLabel
        && !HasWhiteSpace(prefix)
        && !prefix.StartsWith('$')
        && !prefix.StartsWith("sha", StringComparison.OrdinalIgnoreCase)
        && !prefix.Contains("//", StringComparison.Ordinal);

    private static bool HasWhiteSpace(ReadOnlySpan<char> text)
    {
        foreach (var sign in text)
            if (char.IsWhiteSpace(sign))
                return true;
        return false;
    }

    private static IEnumerable<EnvelopeForm> Run(string digits, int escape, bool isWhole, bool endsText)
    {
        var hex = digits.Length > 1 && digits[0] is 'x' or 'X' ? digits[1..] : digits;
        hex = hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? hex[2..] : hex;
        if (hex.Length >= ShortestHex && Hex(hex) is { } bytes)
        {
            foreach (var form in OfBytes(bytes))
                yield return form with
                {
                    Likely = isWhole && form.Likely && !EnvelopeLook.IsDigest(bytes.Length),
                };
            yield break;
        }

        var run = new EnvelopeRun(digits, escape);
        foreach (var (part, isTheWhole) in Parts(digits, endsText))
        {
            if (!EnvelopeLook.IsRandom(part) || Decode(part) is not { } raw || !EnvelopeLook.IsPossible(raw))
                continue;
            if (isTheWhole && FileSignatures.IsFile(raw))
            {
                yield return new EnvelopeForm([], false, run); // no part of a file is an envelope
                yield break;
            }

            yield return new EnvelopeForm(raw, isWhole && isTheWhole && EnvelopeLook.IsLikely(raw), run);
        }
    }

    // Returns the run itself, and what is left of it without a prefix or a suffix of the same alphabet.
    private static IEnumerable<(string Part, bool IsTheWhole)> Parts(string digits, bool endsText)
    {
        yield return (digits, true);
        // In a binary message, the length of a text stands before it, and may look like one of its digits.
        for (var at = 0; at < LongestLength && at < digits.Length; at++)
            if (digits[at] - (digits.Length - at - 1) is >= 0 and <= LongestPadding)
                yield return (digits[(at + 1)..], false);
        for (var at = 0; at < LongestJoined && digits.Length - at > ShortestBase64; at++)
            if (Joints.Contains(digits[at], StringComparison.Ordinal))
                yield return (digits[(at + 1)..], false);
        if (!endsText)
            yield break;
        for (var at = digits.Length - 1; at >= ShortestBase64 && at >= digits.Length - LongestJoined; at--)
            if (Joints.Contains(digits[at], StringComparison.Ordinal))
                yield return (digits[..at], false);
    }

    private static byte[]? Decode(string digits)
    {
        if (digits.Length % 4 == 1)
            return null; // no number of bytes has so many digits
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

/// <summary>
/// Bytes that may be an envelope. <paramref name="Likely"/> says that they look random, and that the text holds nothing
/// else but a label. Forms of one <paramref name="Run"/> are readings of the same digits or bytes: at most one of them is
/// an envelope.
/// </summary>
internal readonly record struct EnvelopeForm(byte[] Raw, bool Likely, EnvelopeRun Run)
{
    /// <summary>Whether the run is a file, and no form at all.</summary>
    public bool IsFile => Raw.Length == 0;
}

/// <summary>An unbroken run of digits in a text; the first ones may belong to an escape. A run of bytes has no digits.</summary>
internal sealed class EnvelopeRun(string digits, int escape)
{
    /// <summary>
    /// Whether this is the other run, or a piece of it: lines and escapes cut the digits of a text into pieces.
    /// </summary>
    public bool IsIn(EnvelopeRun other) =>
        ReferenceEquals(this, other) || (digits.Length > 0 && other.Holds(digits.AsSpan(escape)));

    private bool Holds(ReadOnlySpan<char> piece) => digits.AsSpan().Contains(piece, StringComparison.Ordinal);
}
