using System.Buffers;
using System.Buffers.Binary;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Writes what is sealed, so that no two contents give the same bytes: each part follows its length, a number takes eight
/// bytes, and a missing part has a length below zero.
/// </summary>
public sealed class SealedText
{
    private const int Missing = -1;

    private readonly ArrayBufferWriter<byte> written = new();

    /// <summary>All bytes written.</summary>
    public ReadOnlySpan<byte> Bytes => written.WrittenSpan;

    /// <summary>Adds bytes.</summary>
    public SealedText Add(ReadOnlySpan<byte> part)
    {
        AddLength(part.Length);
        written.Write(part);
        return this;
    }

    /// <summary>Adds a text; null differs from the empty text.</summary>
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

    /// <summary>Adds the number of texts and then each text; null differs from the empty list.</summary>
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
