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

    /// <summary>Whether the text is such a URL rather than keywords.</summary>
    public static bool Matches(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// The same connection in Npgsql's keywords. Throws <see cref="FormatException"/> with the reason for a URL that is
    /// malformed, names no host, or has a parameter that is not known.
    /// </summary>
    public static string ToKeywords(string url)
    {
        if (!Matches(url))
            throw new FormatException("the URL's scheme is not postgres:// or postgresql://");
        var (authority, database, query) = Split(url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..]);
        var keywords = new DbConnectionStringBuilder();
        var at = authority.LastIndexOf('@');
        AddHost(keywords, authority[(at + 1)..]);
        if (at >= 0)
            AddUser(keywords, authority[..at]);
        if (database.Length > 0)
            keywords["Database"] = UrlText.Decode(database, "database");
        UrlParameters.Add(keywords, query);
        return keywords.ContainsKey("Host")
            ? keywords.ConnectionString
            : throw new FormatException("the URL names no host");
    }

    private static (string Authority, string Database, string Query) Split(string rest)
    {
        var end = rest.AsSpan().IndexOfAny('/', '?');
        var (authority, tail) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        // What follows an unencoded '/', '?' or '#' of a password would be taken for other parts, and be shown.
        if (rest.Contains('#', StringComparison.Ordinal) || tail.Contains('@', StringComparison.Ordinal))
            throw new FormatException(
                "special characters of the URL's parts must be percent-encoded: / %2F, ? %3F, # %23, @ %40"
            );
        var mark = tail.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (tail, "") : (tail[..mark], tail[(mark + 1)..]);
        return (authority, path.TrimStart('/'), query);
    }

    private static void AddUser(DbConnectionStringBuilder keywords, string userAndPassword)
    {
        var colon = userAndPassword.IndexOf(':', StringComparison.Ordinal);
        var user = colon < 0 ? userAndPassword : userAndPassword[..colon];
        if (user.Length > 0)
            keywords["Username"] = UrlText.Decode(user, "user");
        if (colon >= 0 && colon + 1 < userAndPassword.Length)
            keywords["Password"] = UrlText.Decode(userAndPassword[(colon + 1)..], "password");
    }

    // Several hosts keep their ports beside them, as Npgsql's Host has it; an IPv6 address loses its brackets.
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
