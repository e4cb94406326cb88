namespace RotationMesh.Tables.Rows;

/// <summary>
/// Memory for one batch's keys and new envelopes. It is handed out in slices, and all slices are taken back together, so
/// rewriting millions of rows allocates next to nothing.
/// </summary>
internal sealed class ByteSlab
{
    private const int ChunkBytes = 256 * 1024;

    private readonly List<byte[]> chunks = [];
    private int chunk;
    private int used;

    /// <summary>Bytes handed out since the last <see cref="Reset"/>.</summary>
    public long Length { get; private set; }

    /// <summary>Hands out a slice of exactly that many bytes, with unspecified content.</summary>
    public Memory<byte> Take(int length)
    {
        while (chunk < chunks.Count && chunks[chunk].Length - used < length)
        {
            chunk++;
            used = 0;
        }

        if (chunk == chunks.Count)
            chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, length)));
        var slice = chunks[chunk].AsMemory(used, length);
        used += length;
        Length += length;
        return slice;
    }

    /// <summary>Takes back the unused end of the last slice, <paramref name="length"/> bytes.</summary>
    public void GiveBack(int length)
    {
        used -= length;
        Length -= length;
    }

    /// <summary>
    /// Takes every slice back. It keeps the largest of the oversized chunks, to be used first, and drops the others.
    /// Otherwise, where values are large, each batch would leave a chunk to the garbage collector, which frees it late.
    /// </summary>
    public void Reset()
    {
        var largest = chunks.MaxBy(bytes => bytes.Length);
        chunks.RemoveAll(bytes => bytes.Length > ChunkBytes);
        if (largest is { Length: > ChunkBytes })
            chunks.Insert(0, largest);
        chunk = 0;
        used = 0;
        Length = 0;
    }
}
