using System.Data.Common;
using System.Globalization;

namespace RotationMesh.MapFile.Connections;

/// <summary>
/// A connection URL of PostgreSQL (libpq, 34.1.1.2): <c>postgres://user:password@host:port/database?parameter=value</c>.
/// Errors name a part or a parameter, never a value.
/// </summary>
public static class PostgresUrl
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <summary>Whether the text is such a URL, by its scheme.</summary>
    public static bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Converts the URL to Npgsql's keywords. Throws <see cref="FormatException"/> with the reason for a URL that is
    /// malformed, names no host, or has an unknown parameter.
    /// </summary>
    public static string ToKeywords(string url)
    {
        if (!Matches(url))
            throw new FormatException("the URL's scheme is not postgres:// or postgresql://");
        var parts = UrlParts.Of(url);
        var keywords = new DbConnectionStringBuilder();
        AddHost(keywords, parts.Hosts);
        if (parts.User is { } user)
            keywords["Username"] = user;
        if (parts.Password is { } password)
            keywords["Password"] = password;
        if (parts.Path.Length > 0)
            keywords["Database"] = UrlText.Decode(parts.Path, "database");
        UrlParameters.Add(keywords, parts.Query);
        return keywords.ContainsKey("Host")
            ? keywords.ConnectionString
            : throw new FormatException("the URL names no host");
    }

    // Several hosts keep their ports, as Npgsql's Host accepts them; an IPv6 address loses its brackets.
    private static void AddHost(DbConnectionStringBuilder keywords, string hostAndPort)
    {
        if (hostAndPort.Contains(',', StringComparison.Ordinal))
        {
            keywords["Host"] = UrlText.Decode(hostAndPort, "host");
            return;
        }

        var colon = hostAndPort.LastIndexOf(':');
        var hasPort = colon >= 0 && hostAndPort.LastIndexOf(']') < colon;
        var host = hasPort ? hostAndPort[..colon] : hostAndPort;
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        if (host.Length > 0)
            keywords["Host"] = UrlText.Decode(host, "host");
        if (hasPort && colon + 1 < hostAndPort.Length)
            keywords["Port"] = Port(hostAndPort[(colon + 1)..]);
    }

    internal static string Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port.ToString(CultureInfo.InvariantCulture)
            : throw new FormatException("the URL's port is not a number from 1 to 65535");
}
