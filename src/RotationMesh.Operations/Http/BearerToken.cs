using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Operations.Http;

/// <summary>
/// A token of the HTTP interface. It is shown once, to its holder; coordinators know only its hash. A plain hash is
/// enough, because the token is random and too long to guess.
/// </summary>
public static class BearerToken
{
    /// <summary>Prefix of the hash in a tokens file.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>Longest token that is accepted for checking.</summary>
    public const int MaxLength = 512;

    /// <summary>Longest name of a holder.</summary>
    public const int LongestName = 100;

    /// <summary>Random bytes of a new token: 256 bits, twice what is needed.</summary>
    private const int NewTokenBytes = 32;

    /// <summary>Prefix of a token, by which scanners for leaked secrets recognize it.</summary>
    private const string Prefix = "rotationmesh_";

    /// <summary>Creates a token.</summary>
    public static string Create() =>
        Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NewTokenBytes));

    /// <summary>Returns the SHA-256 of a token's UTF-8 bytes.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Returns the token's line in a tokens file.</summary>
    public static string Line(string name, string role, string token) =>
        $"{name} {role} {HashPrefix}{Convert.ToHexStringLower(HashOf(token))}";

    /// <summary>Whether a tokens file may contain the name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '#'
        && !name.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));
}
