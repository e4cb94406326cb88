using System.Security.Claims;
using RotationMesh.Core;

namespace RotationMesh.Api.Endpoints;

/// <summary>
/// Names the requester for the audit log: by the name of the token, or, without a tokens file, by what the caller claims.
/// </summary>
internal static class Requester
{
    private const int LongestName = 100;

    public static string Of(ClaimsPrincipal caller, string? said)
    {
        if (caller.FindFirstValue(ClaimTypes.Name) is { } name)
            return name;
        if (string.IsNullOrWhiteSpace(said))
            return "anonymous";
        return said.Length <= LongestName && !said.Any(char.IsControl)
            ? said
            : throw new UsageException(
                $"requestedBy is longer than {LongestName} characters, or holds one that can't be shown"
            );
    }
}
