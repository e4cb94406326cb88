using RotationMesh.Core.Envelopes;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>Judges by statistics whether bytes can be encrypted, so that not every text is tried with every key.</summary>
internal static class EnvelopeLook
{
    /// <summary>Length in bytes of the shortest envelope: nonce, tag and one byte.</summary>
    public const int Shortest = EnvelopeCipher.OverheadBytes + 1;

    /// <summary>
    /// Bounds of the share of bytes above 127, which is about a half in random, compressed or encrypted bytes. Of values of 29
    /// random bytes, one in a hundred is outside the narrow bounds, and two in a million are outside the wide ones.
    /// </summary>
    private const double LowShare = 0.25;
    private const double HighShare = 0.75;
    private const double LowestShare = 0.1;
    private const double HighestShare = 0.9;

    /// <summary>
    /// Different digits among 39 random ones of base64: 29 on average, below 18 less than once in a hundred million.
    /// </summary>
    private const int FewestDigits = 18;

    /// <summary>Lengths in bytes of the usual digests, which are shown in hex.</summary>
    private static readonly int[] Digests = [20, 28, 32, 48, 64];

    /// <summary>Whether bytes can be an envelope at all.</summary>
    public static bool IsPossible(byte[] raw) => IsBetween(raw, LowestShare, HighestShare);

    /// <summary>Whether bytes look like an envelope.</summary>
    public static bool IsLikely(byte[] raw) => IsBetween(raw, LowShare, HighShare);

    /// <summary>Whether this number of bytes is the length of a usual digest.</summary>
    public static bool IsDigest(int bytes) => Array.IndexOf(Digests, bytes) >= 0;

    /// <summary>Whether digits of base64 can be of random bytes: words, paths and numbers are not.</summary>
    public static bool IsRandom(string digits)
    {
        bool upper = false,
            lower = false;
        UInt128 seen = 0;
        foreach (var digit in digits)
        {
            upper |= char.IsAsciiLetterUpper(digit);
            lower |= char.IsAsciiLetterLower(digit);
            seen |= (UInt128)1 << digit;
        }

        return upper && lower && UInt128.PopCount(seen) >= FewestDigits;
    }

    private static bool IsBetween(byte[] raw, double low, double high) =>
        raw.Length >= Shortest
        && raw.Count(value => value > 127) / (double)raw.Length is var share
        && share > low
        && share < high;
}
