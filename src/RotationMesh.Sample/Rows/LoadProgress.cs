namespace RotationMesh.Sample;

/// <summary>Adds up the rows of all threads; the reported number never decreases.</summary>
internal sealed class LoadProgress(IProgress<long>? listener)
{
    private readonly Lock guard = new();
    private long rows;

    public void Add(int count)
    {
        lock (guard)
        {
            rows += count;
            listener?.Report(rows);
        }
    }
}
