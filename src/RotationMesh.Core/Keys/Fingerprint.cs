using System.Security.Cryptography;

namespace RotationMesh.Core.Keys;

/// <summary>Public check value by which master keys are compared and shown, so that their values never are.</summary>
public static class Fingerprint
{
    private const int Bytes = 8;

    /// <summary>
    /// First 8 bytes, lower-case hex, of HMAC-SHA256 (RFC 2104) with the UTF-8 master key as key over
    /// <c>rotationmesh/fingerprint/v1</c>.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> masterKey)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(masterKey, "rotationmesh/fingerprint/v1"u8, mac);
        return Convert.ToHexStringLower(mac[..Bytes]);
    }
}
