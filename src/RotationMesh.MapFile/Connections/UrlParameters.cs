using System.Data.Common;
using System.Globalization;
using RotationMesh.Core.Map;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Connections;

/// <summary>Reads the query part of a connection URL: libpq's parameters, and those that Prisma adds for itself.</summary>
internal static class UrlParameters
{
    private static readonly string[] SslModes =
    [
        "disable",
        "allow",
        "prefer",
        "require",
        "verify-ca",
        "verify-full",
    ];

    private static readonly Dictionary<string, (string Keyword, Func<string, string> Read)> Known = new()
    {
        ["host"] = ("Host", Same),
        ["port"] = ("Port", PostgresUrl.Port),
        ["user"] = ("Username", Same),
        ["password"] = ("Password", Same),
        ["dbname"] = ("Database", Same),
        ["sslmode"] = ("SSL Mode", SslMode),
        ["sslrootcert"] = ("Root Certificate", Same),
        ["sslcert"] = ("SSL Certificate", Same),
        ["sslkey"] = ("SSL Key", Same),
        ["gssencmode"] = ("GSS Encryption Mode", Same),
        ["channel_binding"] = ("Channel Binding", Same),
        ["application_name"] = ("Application Name", Same),
        ["connect_timeout"] = ("Timeout", Seconds),
        ["target_session_attrs"] = ("Target Session Attributes", Same),
        ["options"] = ("Options", Same),
        ["schema"] = ("Search Path", SearchPath),
    };

    // These configure Prisma's own pool and cache, and change nothing for this program's connections. Prisma's TLS
    // parameters (sslaccept, sslidentity) are not among them: to ignore those would silently weaken a connection.
    private static readonly HashSet<string> Ignored =
    [
        "connection_limit",
        "pool_timeout",
        "socket_timeout",
        "pgbouncer",
        "statement_cache_size",
        "max_connection_lifetime",
        "max_idle_connection_lifetime",
        "single_use_connections",
    ];

    /// <summary>
    /// Adds the parameters' keywords, which override the parts before the query. Throws <see cref="FormatException"/>
    /// that names the parameter, never its value.
    /// </summary>
    public static void Add(DbConnectionStringBuilder keywords, string query)
    {
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            var name = UrlText.Decode(equals < 0 ? parameter : parameter[..equals], "query");
            if (Ignored.Contains(name))
                continue;
            if (!Known.TryGetValue(name, out var known))
                throw new FormatException(
                    $"unknown URL parameter {Quotation.Of(name)}. Known parameters: {string.Join(", ", Known.Keys)}"
                );
            var value = equals < 0 ? "" : UrlText.Decode(parameter[(equals + 1)..], $"parameter {name}");
            if (value.Length > 0)
                keywords[known.Keyword] = known.Read(value);
        }
    }

    private static string Same(string value) => value;

    // Npgsql uses libpq's names of the modes, without the hyphen.
    private static string SslMode(string value) =>
        SslModes.Contains(value)
            ? value.Replace("-", "", StringComparison.Ordinal)
            : throw new FormatException(
                $"the URL parameter sslmode is none of {string.Join(", ", SslModes)}"
            );

    private static string Seconds(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds.ToString(CultureInfo.InvariantCulture)
            : throw new FormatException("the URL parameter connect_timeout is not a number of seconds");

    // Prisma's schema is one exact name; a search path is a list that PostgreSQL reads as SQL.
    private static string SearchPath(string schema)
    {
        try
        {
            return new SqlName(null, new SqlIdentifier(schema)).ToString();
        }
        catch (FormatException)
        {
            throw new FormatException("the URL parameter schema is not the name of a schema");
        }
    }
}
