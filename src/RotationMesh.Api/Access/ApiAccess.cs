using System.Net;
using Microsoft.Extensions.Logging;
using RotationMesh.Core;

namespace RotationMesh.Api.Access;

/// <summary>Whom the interface lets in: holders of a token, or, on the machine itself and without a tokens file, everybody.</summary>
public sealed class ApiAccess
{
    private readonly TokensFile? tokens;

    private ApiAccess(TokensFile? tokens) => this.tokens = tokens;

    /// <summary>Whether there are no tokens.</summary>
    internal bool IsOpen => tokens is null;

    /// <summary>
    /// Access at an address to listen on. Throws <see cref="UsageException"/> for one that others can reach without tokens,
    /// and for a tokens file that can't be read.
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

    /// <summary>Whether only this machine can reach a host; a server listens on all addresses for any other name.</summary>
    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Why nobody can be let in; null where tokens are known, or not needed.</summary>
    internal string? FindFault(ILogger log) => tokens?.FindFault(log);

    internal ApiToken? Find(string token, ILogger log) => tokens?.Find(token, log);
}
