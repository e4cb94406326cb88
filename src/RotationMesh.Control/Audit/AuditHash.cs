using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Hash of an event, which links it to the event before: SHA-256 over
/// <code>
/// field("rotationmesh/audit/v1", or /v2 where the event is keyed) field(previous hash, 32 bytes)
/// field(sequence, 8 bytes) field(microseconds since 1970-01-01 UTC, 8 bytes)
/// field(kind) field(rotation id, 16 bytes as RFC 9562 writes them, or absent)
/// field(actor) field(host) field(details)
/// and, for a keyed event, field(key version, 8 bytes)
/// field(x)      := length of x in bytes (4 bytes) | x
/// field(absent) := ff ff ff ff
/// </code>
/// Integers are big-endian, text is UTF-8. Every field carries its length, so no two events give the same bytes.
/// </summary>
public static class AuditHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const uint Absent = 0xFFFFFFFF;

    /// <summary>Previous hash of an event that follows none: zeros.</summary>
    public static byte[] Start => new byte[Size];

    /// <summary>Calculates the hash that an event must have, and ignores its own <see cref="AuditEvent.Hash"/>.</summary>
    public static byte[] Of(AuditEvent written)
    {
        ArgumentNullException.ThrowIfNull(written);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, written.KeyVersion is null ? "rotationmesh/audit/v1"u8 : "rotationmesh/audit/v2"u8);
        Add(hash, written.PreviousHash);
        Add(hash, written.Sequence);
        Add(hash, (written.RecordedAt.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        Add(hash, written.Kind);
        Add(hash, written.RotationId);
        Add(hash, written.Actor);
        Add(hash, written.Host);
        Add(hash, written.Details);
        if (written.KeyVersion is { } version)
            Add(hash, (long)version);
        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        AddLength(hash, (uint)field.Length);
        hash.AppendData(field);
    }

    private static void Add(IncrementalHash hash, string field) => Add(hash, Encoding.UTF8.GetBytes(field));

    private static void Add(IncrementalHash hash, long field)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, field);
        Add(hash, bytes);
    }

    private static void Add(IncrementalHash hash, Guid? field)
    {
        if (field is { } id)
            Add(hash, id.ToByteArray(bigEndian: true));
        else
            AddLength(hash, Absent);
    }

    private static void AddLength(IncrementalHash hash, uint length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
