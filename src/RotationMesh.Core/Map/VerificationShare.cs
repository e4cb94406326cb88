namespace RotationMesh.Core.Map;

/// <summary>
/// How much of a table is decrypted again after a rotation: <c>counts</c> (nothing: only the census counts),
/// <c>sample:N%</c>, <c>full</c>, or by default all of a table below 1,000,000 rows and 1 % of a larger one. Each new
/// envelope was decrypted before it was sent to the database: verification finds what others wrote or damaged.
/// </summary>
public sealed record VerificationShare
{
    /// <summary>Number of rows from which on the default is a sample.</summary>
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

    /// <summary>The text in the map or on the command line; empty for the default.</summary>
    public string Text { get; }

    /// <summary>The default, where neither map nor command line says anything.</summary>
    public static VerificationShare Default { get; } = new("", null);

    /// <summary>
    /// Reads what an operator wrote; null or an empty text gives the default. Returns null where the text is none of the
    /// above.
    /// </summary>
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

    /// <summary>
    /// Returns the share of a table of <paramref name="rows"/> rows, 0 to 1; a sample has at least
    /// <see cref="SampleShare.FewestRows"/> rows.
    /// </summary>
    public double Of(long rows) =>
        share is 0 ? 0 : SampleShare.Of(share ?? (rows < SampledFrom ? 1 : DefaultSample), rows);
}
