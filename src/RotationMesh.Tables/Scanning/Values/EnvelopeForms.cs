using System.Text;
using System.Text.Unicode;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Finds in a text what may be an envelope, with anything before and after it: base64 in either alphabet, with padding or
/// without, also in lines; hex; or PostgreSQL's text of bytes (<c>\x…</c>). It looks into texts that are themselves written
/// in base64 or hex, as those of tokens, sessions and jobs are.
/// </summary>
internal static class EnvelopeForms
{
    /// <summary>
    /// How often what digits stand for is looked into as a text of its own. Each level has three quarters of the characters of
    /// the one before at most.
    /// </summary>
    private const int Deepest = 3;

    /// <summary>Longest prefix, in characters, that counts as a label, such as <c>enc:v1:</c>.</summary>
    private const int LongestLabel = 24;

    /// <summary>Offsets at which an envelope may begin: a version or a label may stand before its bytes.</summary>
    private static readonly int[] BinaryOffsets = [0, 1, 2, 4, 8];

    /// <summary>Returns every form that the text may hold, without those that can't be of random bytes.</summary>
    public static IEnumerable<EnvelopeForm> Of(string text) => Of(text, 0);

    /// <summary>Returns every form that bytes may hold; they may be the bytes of a text.</summary>
    public static IEnumerable<EnvelopeForm> Of(byte[] bytes) => OfBytes(bytes, 0);

    private static IEnumerable<EnvelopeForm> Of(string text, int depth) =>
        BytesOf(text) is { } bytes ? OfBytes(bytes, depth) : OfText(text, depth);

    private static byte[]? BytesOf(string text) =>
        text.StartsWith(@"\x", StringComparison.Ordinal) ? EncodedDigits.OfHex(text.AsSpan(2)) : null;

    private static IEnumerable<EnvelopeForm> OfText(string text, int depth)
    {
        List<EnvelopeForm> forms =
        [
            .. TextReadings.Of(text).Distinct().SelectMany(reading => Runs(reading, depth)),
        ];
        foreach (var value in DigitLines.Of(text))
            if (!forms.Exists(form => form.Run.Is(value.AsSpan().TrimEnd('='))))
                forms.AddRange(Runs(value, depth).Select(form => form with { Likely = false }));
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

    private static IEnumerable<EnvelopeForm> OfBytes(byte[] bytes, int depth)
    {
        if (Array.TrueForAll(bytes, value => value is >= 0x20 and < 0x7F or (byte)'\n' or (byte)'\r'))
            return OfLeaves(Encoding.ASCII.GetString(bytes), depth);
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
        return asTheyAre.Concat(InText(bytes, depth).Select(form => form with { Likely = false }));
    }

    // The bytes may be a text with letters beyond ASCII, or a message in a binary format with a text in it. Such a message
    // has no lines or escapes that would be worth copies of megabytes.
    private static IEnumerable<EnvelopeForm> InText(byte[] bytes, int depth) =>
        depth > Deepest ? []
        : Utf8.IsValid(bytes) ? OfLeaves(Encoding.UTF8.GetString(bytes), depth)
        : Runs(Encoding.Latin1.GetString(bytes), depth).Where(form => !form.IsFile);

    // A document is opened as in a column, for its escapes.
    private static IEnumerable<EnvelopeForm> OfLeaves(string text, int depth) =>
        depth > Deepest
            ? []
            : ValueLeaves
                .Of(text)
                .SelectMany(leaf =>
                    Of(leaf.Text, depth)
                        .Select(form => form with { Likely = form.Likely && leaf.Path.Length == 0 })
                );

    private static IEnumerable<EnvelopeForm> Runs(string text, int depth)
    {
        for (var at = 0; at < text.Length; )
        {
            var next = text.AsSpan(at).IndexOfAny(EncodedDigits.Base64);
            if (next < 0)
                yield break;
            var start = at + next;
            var length = text.AsSpan(start).IndexOfAnyExcept(EncodedDigits.Base64);
            var end = length < 0 ? text.Length : start + length;
            at = end;
            if (end - start < EncodedDigits.ShortestBase64)
                continue;
            var rest = text.AsSpan(end).TrimStart('=').Length;
            foreach (
                var form in Run(
                    text[start..end],
                    Escape(text, start),
                    Labels(text.AsSpan(0, start)) && rest == 0,
                    end + rest == text.Length,
                    depth
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

    private static IEnumerable<EnvelopeForm> Run(
        string digits,
        int escape,
        bool isWhole,
        bool endsText,
        int depth
    )
    {
        if (EncodedDigits.OfLongHex(digits) is { } bytes)
        {
            foreach (var form in OfBytes(bytes, depth + 1))
                yield return form with
                {
                    Likely = isWhole && form.Likely && !EnvelopeLook.IsDigest(bytes.Length),
                };
            yield break;
        }

        foreach (var form in RunParts.OfHex(digits).SelectMany(hex => OfBytes(hex, depth + 1)))
            yield return form with
            {
                Likely = false,
            };
        if (!EnvelopeLook.IsRandom(digits))
            yield break; // and no part of it is
        var run = new EnvelopeRun(digits, escape);
        foreach (var (part, isTheWhole) in RunParts.Of(digits, endsText))
        {
            if (!EnvelopeLook.IsRandom(part) || EncodedDigits.OfBase64(part) is not { } raw)
                continue;
            if (isTheWhole && FileSignatures.IsFile(raw))
            {
                yield return new EnvelopeForm([], false, run); // no part of a file is an envelope
                yield break;
            }

            // Of random bytes, as many as are digits of the shortest envelope, not one in a thousand million is a text.
            var isText = raw.Length >= EncodedDigits.ShortestBase64 && Utf8.IsValid(raw);
            var isPossible = !isText && EnvelopeLook.IsPossible(raw);
            if (isPossible)
                yield return new EnvelopeForm(raw, isWhole && isTheWhole && EnvelopeLook.IsLikely(raw), run);
            // What may be an envelope may be a binary message as well, with an envelope in it.
            if (raw.Length >= EncodedDigits.ShortestBase64)
                foreach (var form in InText(raw, depth + 1))
                    yield return form with
                    {
                        Likely = isWhole && isTheWhole && !isPossible && form.Likely,
                    };
            if (isText)
                yield break;
        }
    }
}
