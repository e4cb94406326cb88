using System.Buffers.Binary;
using System.Security.Cryptography;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Audit;

/// <summary>
/// What only a holder of the keys can add to the chain. An event's code is a MAC over <c>field("rotationmesh/audit/v2/event")
/// field(hash)</c>; its hash covers the whole chain before it, so one code that holds vouches for all of it, also where the
/// key of earlier events is destroyed. The record of the newest event is a MAC over <c>field("rotationmesh/audit/v2/head")
/// field(sequence, 8 bytes) field(hash)</c>. Fields are those of <see cref="AuditHash"/>; <see cref="AuditMac"/> says how
/// the key is derived.
/// </summary>
public sealed class AuditSeal(AuditMac mac)
{
    /// <summary>Version under which new events are sealed.</summary>
    public int CurrentVersion => mac.CurrentVersion;

    /// <summary>Whether seals of that version can be checked.</summary>
    public bool Holds(int version) => mac.Holds(version);

    /// <summary>The code of an event whose hash is calculated.</summary>
    public byte[] OfEvent(int version, byte[] hash) =>
        mac.Of(version, [.. Field("rotationmesh/audit/v2/event"u8), .. Field(hash)]);

    /// <summary>The code of the record that an event is the newest.</summary>
    public byte[] OfHead(int version, long sequence, byte[] hash)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, sequence);
        return mac.Of(version, [.. Field("rotationmesh/audit/v2/head"u8), .. Field(number), .. Field(hash)]);
    }

    /// <summary>Whether the code of an event is that of its version's key, which is held, over the hash that stands with it.</summary>
    public bool IsSound(AuditEvent written)
    {
        ArgumentNullException.ThrowIfNull(written);
        return written is { KeyVersion: { } version, Mac: { } mac }
            && Holds(version)
            && Same(OfEvent(version, written.Hash), mac);
    }

    /// <summary>The same of the record of the newest event.</summary>
    public bool IsSound(AuditHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return Holds(head.KeyVersion) && Same(OfHead(head.KeyVersion, head.Sequence, head.Hash), head.Mac);
    }

    /// <summary>
    /// Whether a version of the ring vouches for what it sealed. One before the current does not: whoever kept the old key
    /// may have written it. One after it does, where the ring was set back.
    /// </summary>
    public bool MayVouch(int version) => Holds(version) && version >= CurrentVersion;

    /// <summary>Whether two codes are the same, in a time that tells nothing of where they differ.</summary>
    public static bool Same(byte[] one, byte[]? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(one, other);

    private static byte[] Field(ReadOnlySpan<byte> content)
    {
        var field = new byte[sizeof(uint) + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(field, (uint)content.Length);
        content.CopyTo(field.AsSpan(sizeof(uint)));
        return field;
    }
}
