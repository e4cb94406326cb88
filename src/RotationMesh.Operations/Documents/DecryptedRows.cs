namespace RotationMesh.Operations.Documents;

/// <summary>
/// What a pass over rows found: <paramref name="Rows"/> it looked at, <paramref name="Values"/> it decrypted,
/// <paramref name="Empty"/> rows that hold none, <paramref name="Failed"/> rows with a value that does not decrypt. Of a row
/// without a value nothing is proved.
/// </summary>
public sealed record DecryptedRows(long Rows, long Values, long Empty, long Failed)
{
    /// <summary>Rows of which nothing failed.</summary>
    public long Sound => Rows - Failed;
}
