using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RotationMesh.Operations.Http;

/// <summary>
/// A token of the HTTP interface: shown once to its holder, and known to coordinators by its hash alone. It is random and
/// longer than anybody can try, so a plain hash protects it.
/// </summary>
public static class BearerToken
{
    /// <summary>Before the hash in a tokens file.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>Longest token that is looked at.</summary>
    public const int MaxLength = 512;

    /// <summary>Longest name of a holder.</summary>
    public const int LongestName = 100;

    /// <summary>Random bytes of a new token: 256 bits, twice what is needed.</summary>
    private const int NewTokenBytes = 32;

    /// <summary>So that scanners for leaked secrets know one when they see it.</summary>
    private const string Prefix = "rotationmesh_";

    /// <summary>A new token.</summary>
    public static string Create() =>
        Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NewTokenBytes));

    /// <summary>The hash of a token.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Its line in a tokens file.</summary>
    public static string Line(string name, string role, string token) =>
        $"{name} {role} {HashPrefix}{Convert.ToHexStringLower(HashOf(token))}";

    /// <summary>Whether a tokens file may hold a name.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '#'
        && !name.Any(character => char.IsControl(character) || char.IsWhiteSpace(character));
}
