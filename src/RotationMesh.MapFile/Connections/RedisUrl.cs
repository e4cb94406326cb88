using System.Globalization;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.MapFile.Connections;

/// <summary>
/// The URL of a Redis server: <c>redis://user:password@host:port/database</c>, or <c>rediss://</c> with TLS. The URL of a
/// cluster has several hosts with commas between them. Errors name a part, never a value.
/// </summary>
public static class RedisUrl
{
    private const string Plain = "redis://";
    private const string Encrypted = "rediss://";

    /// <summary>Reads the address from the URL. Throws <see cref="FormatException"/> with the reason.</summary>
    public static RedisAddress Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var tls = url.StartsWith(Encrypted, StringComparison.OrdinalIgnoreCase);
        if (!tls && !url.StartsWith(Plain, StringComparison.OrdinalIgnoreCase))
            throw new FormatException("the URL's scheme is not redis:// or rediss://");
        var parts = UrlParts.Of(url);
        if (parts.Query.Length > 0)
            throw new FormatException("the URL has parameters after a '?': a Redis URL takes none");
        return new RedisAddress
        {
            Nodes = [.. parts.Hosts.Split(',').Select(Node)],
            User = parts.User,
            Password = parts.Password,
            Database = Database(parts.Path),
            Tls = tls,
        };
    }

    private static (string Host, int Port) Node(string hostAndPort)
    {
        var colon = hostAndPort.LastIndexOf(':');
        var hasPort = colon >= 0 && hostAndPort.LastIndexOf(']') < colon;
        var host = hasPort ? hostAndPort[..colon] : hostAndPort;
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        if (host.Length == 0)
            throw new FormatException("the URL names no host");
        return (
            UrlText.Decode(host, "host"),
            hasPort
                ? int.Parse(PostgresUrl.Port(hostAndPort[(colon + 1)..]), CultureInfo.InvariantCulture)
                : RedisAddress.DefaultPort
        );
    }

    private static int Database(string path) =>
        path.Length == 0 ? 0
        : int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException("the URL's path is not the number of a Redis database");
}
