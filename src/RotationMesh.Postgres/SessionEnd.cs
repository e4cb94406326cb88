using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>
/// Ends a session that may still hold a lock. The pools do not reset sessions, and the driver can't take a single connection
/// out of the pool of a data source.
/// </summary>
internal static class SessionEnd
{
    private const string End = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())";

    /// <summary>Longest wait for the server, in seconds; then the driver gives the connection up.</summary>
    private const int TimeoutSeconds = 5;

    /// <summary>Ends the session, which breaks the connection. Throws no fault of the database.</summary>
    public static async Task EndAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand(End, connection) { CommandTimeout = TimeoutSeconds };
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception fault)
            when (fault is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            // The server ended the session, or the session was gone before.
        }
    }
}
