using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Access;

/// <summary>
/// One line of a tokens file: <c>name role sha256:HASH</c>, the hash in hexadecimal. Empty lines and those that begin with
/// <c>#</c> hold no token.
/// </summary>
internal static class TokenLine
{
    private const int HashDigits = 64;

    /// <summary>
    /// Returns the token; null where the line holds none. Throws <see cref="UsageException"/> with file and line where the
    /// line is invalid.
    /// </summary>
    public static ApiToken? Read(string line, string file, int number)
    {
        var text = line.Trim();
        if (text.Length == 0 || text[0] == '#')
            return null;
        var parts = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        UsageException Fault(string what) => new($"{file}:{number}: {what}");
        if (parts is not [var name, var role, var hash])
            throw Fault("expected name, role and hash, such as: ann operator sha256:…");
        if (!BearerToken.IsName(name))
            throw Fault(
                $"the name is longer than {BearerToken.LongestName} characters, or holds one that can't be shown"
            );
        return new ApiToken(
            name,
            role switch
            {
                "viewer" => ApiRole.Viewer,
                "operator" => ApiRole.Operator,
                _ => throw Fault("the role is neither viewer nor operator"),
            },
            Hash(hash)
                ?? throw Fault(
                    $"the hash is not {BearerToken.HashPrefix} and {HashDigits} hexadecimal digits"
                )
        );
    }

    private static byte[]? Hash(string text)
    {
        var digits = text.StartsWith(BearerToken.HashPrefix, StringComparison.Ordinal)
            ? text[BearerToken.HashPrefix.Length..]
            : "";
        return digits.Length == HashDigits && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : null;
    }
}
