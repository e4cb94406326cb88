using System.Buffers;
using System.Buffers.Binary;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Writes what is sealed so that no two contents give the same bytes: each part after its length, a number as eight bytes,
/// what is missing as a length below zero.
/// </summary>
public sealed class SealedText
{
    private const int Missing = -1;

    private readonly ArrayBufferWriter<byte> written = new();

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Bytes => written.WrittenSpan;

    /// <summary>Adds bytes.</summary>
    public SealedText Add(ReadOnlySpan<byte> part)
    {
        AddLength(part.Length);
        written.Write(part);
        return this;
    }

    /// <summary>Adds a text; null is not the empty one.</summary>
    public SealedText Add(string? part)
    {
        if (part is null)
        {
            AddLength(Missing);
            return this;
        }

        var length = System.Text.Encoding.UTF8.GetByteCount(part);
        AddLength(length);
        written.Advance(System.Text.Encoding.UTF8.GetBytes(part, written.GetSpan(length)));
        return this;
    }

    /// <summary>Adds texts, after their number; null is not the empty list.</summary>
    public SealedText Add(IReadOnlyCollection<string>? parts)
    {
        AddLength(parts?.Count ?? Missing);
        foreach (var part in parts ?? [])
            Add(part);
        return this;
    }

    /// <summary>Adds a number.</summary>
    public SealedText Add(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(written.GetSpan(sizeof(long)), number);
        written.Advance(sizeof(long));
        return this;
    }

    private void AddLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(written.GetSpan(sizeof(int)), length);
        written.Advance(sizeof(int));
    }
}
