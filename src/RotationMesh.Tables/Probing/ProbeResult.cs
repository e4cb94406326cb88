namespace RotationMesh.Tables.Probing;

/// <summary>How many sampled values of a table decrypt under the key of the version that their rows claim.</summary>
public sealed record ProbeResult(string Table, int Version, string Fingerprint, int Tried, int Failed)
{
    /// <summary>
    /// How many of those that fail open with the key all the same: text that may be another envelope follows them.
    /// </summary>
    public int Authentic { get; init; }

    /// <summary>Whether the key opened a value.</summary>
    public bool IsProved => Tried > Failed - Authentic;

    /// <summary>Whether tenants have a padding that the map says nothing of.</summary>
    public bool MayBePadded { get; init; }

    /// <summary>Whether the key ring's key of this version can't be the one that the rows were encrypted with.</summary>
    public bool IsWrongKey => Tried >= KeyProbe.FewestValues && (Failed - Authentic) * 2 > Tried;

    /// <summary>What that means and what to look at, in one line for the operator.</summary>
    public string Explain() =>
        $"the key of version {Version} (fingerprint {Fingerprint}) does not open table {Table}: "
        + $"{Failed} of {Tried} sampled values of that version fail. Nothing was written; check that the keys "
        + "are not swapped, and that the map names the right format, context and tenant column"
        + (MayBePadded ? ", and tenantPadding: its tenant column is padded with spaces" : "");
}
