using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Detects a server that vanishes silently: its machine lost power, or a firewall dropped the connection. A statement
/// without a timeout would otherwise wait forever, and hold its locks and leases meanwhile.
/// </summary>
internal static class LostServers
{
    /// <summary>Seconds without a packet after which the system probes the server.</summary>
    private const int KeepAliveSeconds = 30;

    /// <summary>Seconds between two probes. Linux gives up after nine, two minutes after the last packet.</summary>
    private const int Interval = 10;

    private const string Keyword = "TCP Keepalive";

    /// <summary>
    /// Turns the system's probes on, unless the connection string turns them off; keeps the times that the string sets. It
    /// skips a Unix-domain socket, which can't lose its server and refuses these options.
    /// </summary>
    public static void ApplyTo(NpgsqlConnectionStringBuilder keywords)
    {
        if (keywords.Host?.Split(',').Any(IsSocket) == true || (IsSaid(keywords) && !keywords.TcpKeepAlive))
            return;
        keywords.TcpKeepAlive = true;
        if (keywords.TcpKeepAliveTime == 0)
            keywords.TcpKeepAliveTime = KeepAliveSeconds;
        if (keywords.TcpKeepAliveInterval == 0)
            keywords.TcpKeepAliveInterval = Interval;
    }

    private static bool IsSaid(NpgsqlConnectionStringBuilder keywords) =>
        keywords.Keys.Contains(Keyword, StringComparer.OrdinalIgnoreCase);

    private static bool IsSocket(string host) => host.Trim() is ['/' or '@', ..];
}
