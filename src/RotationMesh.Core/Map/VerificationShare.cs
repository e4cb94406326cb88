namespace RotationMesh.Core.Map;

/// <summary>
/// How much of a table is decrypted again after a rotation: <c>counts</c> (nothing: the census has to do),
/// <c>sample:N%</c>, <c>full</c>, or by default all of a table below 1,000,000 rows and 1 % of a larger one. Each new
/// envelope was decrypted before it was sent: this finds what others wrote or damaged.
/// </summary>
public sealed record VerificationShare
{
    /// <summary>Rows from which the default is a sample.</summary>
    private const long SampledFrom = 1_000_000;

    /// <summary>Share of the rows of a large table that the default decrypts.</summary>
    private const double DefaultSample = 0.01;

    private const string Sample = "sample:";

    private readonly double? share;

    private VerificationShare(string text, double? share)
    {
        Text = text;
        this.share = share;
    }

    /// <summary>As it is written in the map and on the command line; empty for the default.</summary>
    public string Text { get; }

    /// <summary>What holds where nothing is said.</summary>
    public static VerificationShare Default { get; } = new("", null);

    /// <summary>Reads what an operator wrote, null and empty for the default; null where it is none of the above.</summary>
    public static VerificationShare? TryParse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Default;
        if (text is "counts")
            return new VerificationShare(text, 0);
        if (text is "full")
            return new VerificationShare(text, 1);
        return
            text.StartsWith(Sample, StringComparison.Ordinal)
            && text.EndsWith('%')
            && SampleShare.TryParse(text.AsSpan()[Sample.Length..^1]) is { } part
            ? new VerificationShare(text, part)
            : null;
    }

    /// <summary>Share of a table of so many rows, 0 to 1; a sample is never too small to be one.</summary>
    public double Of(long rows) =>
        share is 0 ? 0 : SampleShare.Of(share ?? (rows < SampledFrom ? 1 : DefaultSample), rows);
}
