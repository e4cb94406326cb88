using System.Net;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres;

/// <summary>
/// Checks the map's connection strings against the driver's rules and our own, before a connection is opened.
/// </summary>
public static class MapConnection
{
    private const string GssKeyword = "GSS Encryption Mode";

    /// <summary>Checks every database of the map and the control database, as <see cref="Checked"/> does.</summary>
    public static void EnsureUnderstood(RotationMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        foreach (var entry in map.Databases.Append(map.Control))
            _ = Checked(entry, map.Path);
    }

    /// <summary>
    /// Returns the connection string of a database of the map at <paramref name="path"/>; it is not encrypted by GSSAPI unless it
    /// says so. Throws <see cref="UsageException"/> with file and line, but without the string, if the driver does not understand
    /// the string, or if it names no usable host or may lead to a standby.
    /// </summary>
    public static string Checked(DatabaseEntry entry, string path)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            var keywords = new NpgsqlConnectionStringBuilder(entry.ConnectionString);
            if (string.IsNullOrWhiteSpace(keywords.Host))
                throw Fault(entry, path, "names no host: add Host=…");
            if (keywords.Host.Split(',').Any(IsUnspecified))
                throw Fault(entry, path, "names a host that is no address to connect to");
            if (keywords.Host.Contains(',', StringComparison.Ordinal) && !LeadsToPrimary(keywords))
                throw Fault(
                    entry,
                    path,
                    "names several hosts, and leads to a standby when one answers first: add Target Session Attributes=primary"
                );
            // The driver checks some rules only when it builds a data source; that contacts no server.
            using var source = new NpgsqlDataSourceBuilder(keywords.ConnectionString).Build();
            LeaveGssOut(keywords);
            return keywords.ConnectionString;
        }
        catch (Exception fault)
            when (fault
                    is ArgumentException
                        or FormatException
                        or KeyNotFoundException
                        or NotSupportedException
            )
        {
            throw Fault(
                entry,
                path,
                "is not one that Npgsql understands: check each keyword and its value "
                    + "(https://www.npgsql.org/doc/connection-string-parameters.html)"
            );
        }
    }

    // By default the driver asks the system's Kerberos first. Without that library .NET writes raw lines to standard error, and
    // each connection costs an exception; and a refused connection, of whatever cause, is opened a second time.
    private static void LeaveGssOut(NpgsqlConnectionStringBuilder keywords)
    {
        var isSaid =
            keywords.Keys.Contains(GssKeyword, StringComparer.OrdinalIgnoreCase)
            || Environment.GetEnvironmentVariable("PGGSSENCMODE") is not null;
        if (!isSaid)
            keywords.GssEncryptionMode = GssEncryptionMode.Disable;
    }

    // A standby shows an earlier state: a count might be read there while rows are written elsewhere.
    private static bool LeadsToPrimary(NpgsqlConnectionStringBuilder keywords) =>
        keywords.TargetSessionAttributes?.ToUpperInvariant() is "PRIMARY" or "READ-WRITE";

    // The driver's resolver rejects such an address as an argument out of range.
    private static bool IsUnspecified(string host) =>
        IPAddress.TryParse(host.Trim(), out var address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    // The driver's own message quotes keywords, which may be pieces of a password that contains a semicolon.
    private static UsageException Fault(DatabaseEntry entry, string path, string problem) =>
        new($"{path}:{entry.Line}: the connection string of database '{entry.Name}' {problem}");
}
