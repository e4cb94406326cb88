using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>
/// Ends a session that may keep a lock. The pools reset nothing, and the driver has no way to take a single connection out of
/// the pool of a data source.
/// </summary>
internal static class SessionEnd
{
    private const string End = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())";

    /// <summary>Longest wait for the server, in seconds; after it the driver gives the connection up.</summary>
    private const int PatienceSeconds = 5;

    /// <summary>The connection is broken afterwards. Throws nothing of the database's.</summary>
    public static async Task EndAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand(End, connection) { CommandTimeout = PatienceSeconds };
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception fault)
            when (fault is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            // As the server ends it; or it was gone before.
        }
    }
}
