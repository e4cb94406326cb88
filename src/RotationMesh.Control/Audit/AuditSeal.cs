using System.Buffers.Binary;
using System.Security.Cryptography;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Calculates and checks the codes of the chain, as only a holder of the keys can. An event's code is a MAC over
/// <c>field("rotationmesh/audit/v2/event") field(hash)</c>. Its hash covers the whole chain before it, so one right code
/// vouches for all of it, even where the key of earlier events is destroyed. The code of the record of the newest event is
/// a MAC over <c>field("rotationmesh/audit/v2/head") field(sequence, 8 bytes) field(hash)</c>. Fields are those of
/// <see cref="AuditHash"/>; <see cref="AuditMac"/> says how the key is derived.
/// </summary>
public sealed class AuditSeal(AuditMac mac)
{
    /// <summary>Version under which new events are sealed.</summary>
    public int CurrentVersion => mac.CurrentVersion;

    /// <summary>Whether the codes of a version can be checked.</summary>
    public bool Holds(int version) => mac.Holds(version);

    /// <summary>Calculates the code of an event from its hash.</summary>
    public byte[] OfEvent(int version, byte[] hash) =>
        mac.Of(version, [.. Field("rotationmesh/audit/v2/event"u8), .. Field(hash)]);

    /// <summary>Calculates the code of the record that an event is the newest.</summary>
    public byte[] OfHead(int version, long sequence, byte[] hash)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, sequence);
        return mac.Of(version, [.. Field("rotationmesh/audit/v2/head"u8), .. Field(number), .. Field(hash)]);
    }

    /// <summary>Whether an event's code is right for its stored hash; false where its key isn't held.</summary>
    public bool IsSound(AuditEvent written)
    {
        ArgumentNullException.ThrowIfNull(written);
        return written is { KeyVersion: { } version, Mac: { } mac }
            && Holds(version)
            && Same(OfEvent(version, written.Hash), mac);
    }

    /// <summary>Whether the code of the record of the newest event is right; false where its key isn't held.</summary>
    public bool IsSound(AuditHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return Holds(head.KeyVersion) && Same(OfHead(head.KeyVersion, head.Sequence, head.Hash), head.Mac);
    }

    /// <summary>
    /// Whether a version of the ring vouches for what it sealed. A version before the current one does not: somebody who kept
    /// the old key may have written it. A later version does: it is there where the ring was set back.
    /// </summary>
    public bool MayVouch(int version) => Holds(version) && version >= CurrentVersion;

    /// <summary>Whether two codes are equal, in a time that doesn't depend on where they differ.</summary>
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
