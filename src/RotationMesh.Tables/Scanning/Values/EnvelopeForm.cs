namespace RotationMesh.Tables.Scanning.Values;

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

    /// <summary>Whether it has these digits.</summary>
    public bool Is(ReadOnlySpan<char> others) => others.SequenceEqual(digits.AsSpan());

    private bool Holds(ReadOnlySpan<char> piece) => digits.AsSpan().Contains(piece, StringComparison.Ordinal);
}
