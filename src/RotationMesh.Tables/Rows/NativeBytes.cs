using System.Buffers;
using System.Runtime.InteropServices;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Memory for one large value, outside of the garbage collector's heap: it is overwritten with zeros and released at once
/// when it is freed.
/// </summary>
internal sealed unsafe class NativeBytes : MemoryManager<byte>
{
    private readonly int length;
    private void* start;

    public NativeBytes(int length)
    {
        this.length = length;
        start = NativeMemory.Alloc((nuint)Math.Max(length, 1));
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        return new Span<byte>(start, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(start is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        return new MemoryHandle((byte*)start + elementIndex);
    }

    public override void Unpin()
    {
        // Native memory never moves.
    }

    /// <summary>Overwrites the memory with zeros and releases it.</summary>
    public void Free() => Dispose(disposing: true);

    protected override void Dispose(bool disposing)
    {
        if (start is null)
            return;
        NativeMemory.Clear(start, (nuint)length);
        NativeMemory.Free(start);
        start = null;
    }
}
