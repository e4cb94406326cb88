using System.Buffers;
using System.Runtime.InteropServices;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Memory of one large value, outside of what the collector keeps: it is gone as soon as it is freed, and with zeros in it.
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
        // It never moves.
    }

    /// <summary>Frees it.</summary>
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
