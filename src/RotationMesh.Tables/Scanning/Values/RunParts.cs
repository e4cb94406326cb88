using System.Buffers;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Cuts a run of digits where a prefix such as <c>enc_v1_</c>, or a suffix, may be joined to a value by a sign of base64's
/// alphabet.
/// </summary>
internal static class RunParts
{
    /// <summary>Longest prefix, and longest suffix, in characters.</summary>
    private const int LongestJoined = 24;

    /// <summary>Bytes before a text in a binary message, for its type and its length; and <c>=</c> signs after it.</summary>
    private const int LongestLength = 2;
    private const int LongestPadding = 2;

    private static readonly SearchValues<char> Joints = SearchValues.Create("_-/+");

    /// <summary>
    /// Returns the run itself, and what is left of it without a prefix, a suffix or both. A suffix that ends the text may be
    /// anything. Any other one, or one beside a prefix, has to be a word, or each random token would be cut in many ways.
    /// </summary>
    public static IEnumerable<(string Part, bool IsTheWhole)> Of(string digits, bool endsText)
    {
        yield return (digits, true);
        // In a binary message, the length of a text stands before it, and may look like one of its digits.
        for (var at = 0; at < LongestLength && at < digits.Length; at++)
            if (digits[at] - (digits.Length - at - 1) is >= 0 and <= LongestPadding)
                yield return (digits[(at + 1)..], false);
        var starts = new List<int> { 0 };
        for (var at = 0; at < LongestJoined && digits.Length - at > EncodedDigits.ShortestBase64; at++)
            if (Joints.Contains(digits[at]))
                starts.Add(at + 1);
        foreach (var start in starts.Skip(1))
            yield return (digits[start..], false);
        var first = Math.Max(EncodedDigits.ShortestBase64, digits.Length - LongestJoined);
        for (var end = digits.Length - 1; end >= first; end--)
        {
            if (!Joints.Contains(digits[end]))
                continue;
            var isWord = IsWord(digits.AsSpan(end + 1));
            foreach (var start in starts)
                if (
                    end - start >= EncodedDigits.ShortestBase64
                    && ((start == 0 && endsText) || (isWord && IsMixed(digits.AsSpan(start, end - start))))
                )
                    yield return (digits[start..end], false);
        }
    }

    /// <summary>Returns the bytes of each piece between joints that is hex, and long enough for an envelope.</summary>
    public static IEnumerable<byte[]> OfHex(string digits)
    {
        for (var at = 0; digits.Length - at >= EncodedDigits.ShortestHex; )
        {
            var length = digits.AsSpan(at).IndexOfAny(Joints);
            var end = length < 0 ? digits.Length : at + length;
            if (EncodedDigits.OfLongHex(digits.AsSpan(at, end - at)) is { } bytes)
                yield return bytes;
            at = end + 1;
        }
    }

    // Letters of one case, but for a capital at the beginning: v1, END, Prod. Of six random digits, one in ten is such a word.
    private static bool IsWord(ReadOnlySpan<char> suffix) =>
        !suffix.ContainsAnyInRange('a', 'z') || !suffix[1..].ContainsAnyInRange('A', 'Z');

    // A capital directly behind a small letter. Of the shortest envelopes, one in six thousand has none; words between joints,
    // as in the address of a page, have none either.
    private static bool IsMixed(ReadOnlySpan<char> digits)
    {
        for (var at = 1; at < digits.Length; at++)
            if (char.IsAsciiLetterUpper(digits[at]) && char.IsAsciiLetterLower(digits[at - 1]))
                return true;
        return false;
    }
}
