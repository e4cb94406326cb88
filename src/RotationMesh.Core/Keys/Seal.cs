using System.Globalization;
using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Proves that the writer of some content holds a master key: the key's version and public fingerprint, and a message
/// authentication code (HMAC-SHA256) under a key that is derived from it.
/// </summary>
public readonly record struct Seal(int Version, string Fingerprint, ReadOnlyMemory<byte> Mac)
{
    private const int Parts = 3;

    /// <summary>Returns the form that is sent and stored: <c>version:fingerprint:code</c>, the code in base64.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Version}:{Fingerprint}:{Convert.ToBase64String(Mac.Span)}"
        );

    /// <summary>Reads that form; null where the text is no seal.</summary>
    public static Seal? TryParse(string? text)
    {
        if (text?.Split(':') is not { Length: Parts } parts)
            return null;
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return null;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(parts[2], mac, out var length) && length == mac.Length
            ? new Seal(version, parts[1], mac.ToArray())
            : null;
    }
}

/// <summary>
/// What a seal is for. Each purpose has a key of its own (HKDF-SHA256 with the name as info), so that a seal for one
/// purpose is not valid for another.
/// </summary>
public sealed class SealPurpose
{
    /// <summary>
    /// Messages over a broker. Its number is that of their contract: what a release with another one sends does not fit, and is
    /// dropped, where it could be read as something else.
    /// </summary>
    public static readonly SealPurpose Message = new("rotationmesh/message/v5");

    /// <summary>Requests of operators, in the control database.</summary>
    public static readonly SealPurpose Request = new("rotationmesh/request/v1");

    /// <summary>Records of rotations as their sagas write them, in the control database.</summary>
    public static readonly SealPurpose Rotation = new("rotationmesh/rotation/v1");

    private SealPurpose(string name) => Name = name;

    /// <summary>Name and version of the derivation.</summary>
    public string Name { get; }
}
