using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Notices a server that vanishes without a word: its machine lost power, or a firewall forgot the connection. A statement
/// without a limit in time would wait for its answer for ever, and with it whatever holds locks or leases meanwhile.
/// </summary>
internal static class LostServers
{
    /// <summary>Seconds without a packet after which the system asks the server.</summary>
    private const int KeepAliveSeconds = 30;

    /// <summary>Seconds between two questions. Linux gives up after nine, two minutes after the last packet.</summary>
    private const int Interval = 10;

    private const string Keyword = "TCP Keepalive";

    /// <summary>
    /// Has the system ask, unless the connection string says otherwise. A Unix-domain socket has nobody to lose, and refuses
    /// these options.
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
