namespace RotationMesh.Tables.Rows;

/// <summary>How the rows of a partition are rewritten.</summary>
/// <param name="Target">The version to reach.</param>
/// <param name="BatchSize">
/// Rows of one transaction, 1 to <see cref="MaxBatchSize"/>; any other throws <see cref="ArgumentOutOfRangeException"/>.
/// </param>
/// <param name="DryRun">Decrypt and re-encrypt for real, but write nothing.</param>
public sealed record RotationSettings(RotationTarget Target, int BatchSize, bool DryRun)
{
    /// <summary>Rows of one transaction.</summary>
    public int BatchSize
    {
        get;
        init => field = Checked(value);
    } = Checked(BatchSize);

    /// <summary>
    /// Whether no sweep follows: rows that keep changing or stay locked become row failures, instead of waiting for the next.
    /// </summary>
    public bool IsLastSweep { get; init; }

    /// <summary>
    /// Batch size where the operator gives none: large enough that a round trip does not matter, small enough that a
    /// transaction is short.
    /// </summary>
    public const int DefaultBatchSize = 1000;

    /// <summary>Largest batch size.</summary>
    public const int MaxBatchSize = 100_000;

    private static int Checked(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batchSize, MaxBatchSize, nameof(BatchSize));
        return batchSize;
    }
}
