namespace RotationMesh.Operations.Documents;

/// <summary>
/// What a pass over rows found: <paramref name="Rows"/> it read, <paramref name="Values"/> it decrypted,
/// <paramref name="Empty"/> rows that hold no value, <paramref name="Failed"/> rows with a value that does not decrypt.
/// Nothing is proved about a row without a value.
/// </summary>
public sealed record DecryptedRows(long Rows, long Values, long Empty, long Failed)
{
    /// <summary>Rows in which every value decrypts, or that hold no value.</summary>
    public long Sound => Rows - Failed;
}
