using System.Net;
using Microsoft.Extensions.Logging;
using RotationMesh.Core;

namespace RotationMesh.Api.Access;

/// <summary>Decides who may use the interface: holders of a token; on loopback without a tokens file, every caller.</summary>
public sealed class ApiAccess
{
    private readonly TokensFile? tokens;

    private ApiAccess(TokensFile? tokens) => this.tokens = tokens;

    /// <summary>Whether there is no tokens file.</summary>
    internal bool IsOpen => tokens is null;

    /// <summary>
    /// Returns the access for an address to listen on. Throws <see cref="UsageException"/> for an address that other
    /// machines can reach if there is no tokens file, and for a tokens file that can't be read.
    /// </summary>
    public static ApiAccess At(Uri listen, string? tokensFile, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(listen);
        if (tokensFile is not null)
            return new ApiAccess(new TokensFile(tokensFile, clock ?? TimeProvider.System));
        return IsLoopback(listen.DnsSafeHost)
            ? new ApiAccess(null)
            : throw new UsageException(
                $"others can reach {listen.GetLeftPart(UriPartial.Authority)}: give --tokens-file FILE (or "
                    + "ROTATIONMESH_TOKENS_FILE; a token is made by rotationmesh token generate), or listen on 127.0.0.1"
            );
    }

    /// <summary>
    /// Whether only this machine can reach a host. For a name other than localhost, a server listens on all addresses.
    /// </summary>
    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Returns why no caller is admitted; null where the tokens are known, or not needed.</summary>
    internal string? FindFault(ILogger log) => tokens?.FindFault(log);

    internal ApiToken? Find(string token, ILogger log) => tokens?.Find(token, log);
}
