using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>
/// Public check value of a master key: keys are compared and shown by it, so that the keys themselves are never shown.
/// </summary>
public static class Fingerprint
{
    private const int Bytes = 8;

    /// <summary>
    /// Returns the first 8 bytes, in lower-case hex, of HMAC-SHA256 (RFC 2104) over <c>rotationmesh/fingerprint/v1</c>,
    /// with the UTF-8 master key as key.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> masterKey)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(masterKey, "rotationmesh/fingerprint/v1"u8, mac);
        return Convert.ToHexStringLower(mac[..Bytes]);
    }
}
