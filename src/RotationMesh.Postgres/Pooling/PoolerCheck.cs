using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Checks on each new connection, before any setting, that the session is this program's alone. A pooler that lends
/// sessions by the transaction or the statement would pass our settings and locks on to the application.
/// </summary>
/// <param name="name">Name of the database in messages.</param>
/// <param name="connectionString">Connection string of the database, in Npgsql keywords.</param>
internal sealed class PoolerCheck(string name, string connectionString)
{
    /// <summary>Longest wait for the first answer, in seconds; a server without a pooler answers at once.</summary>
    private const int TimeoutSeconds = 10;

    private const string AskPid = "SELECT pg_catalog.pg_backend_pid()";

    /// <summary>Least number of sessions for a rotation with one worker and the control schema in the same database.</summary>
    public const int Least = 12;

    private readonly Lock gate = new();
    private Task<PoolMode>? mode;

    /// <summary>
    /// Throws <see cref="UsageException"/> with the fix if the session is shared or the pooler lends too few sessions, and
    /// <see cref="NpgsqlException"/> if it lends none in time.
    /// </summary>
    public async Task EnsureOwnAsync(NpgsqlConnection connection)
    {
        try
        {
            if (!await IsBehindPoolerAsync(connection))
                return;
            if (await FindModeAsync() is not PoolMode.Session and var shared)
                throw Shared(shared);
        }
        catch (NpgsqlException fault) when (fault.InnerException is TimeoutException)
        {
            throw new NpgsqlException(
                $"{name} gave no session within {TimeoutSeconds} s: a pooler before it has none left to lend",
                fault
            );
        }
    }

    /// <summary>
    /// Returns whether the session comes from a pooler: a pooler answers the start of a connection itself, with a process
    /// number of its own.
    /// </summary>
    public static async Task<bool> IsBehindPoolerAsync(NpgsqlConnection connection) =>
        await PidAsync(connection) != connection.ProcessID;

    private UsageException Shared(PoolMode mode)
    {
        var unit = mode == PoolMode.Statement ? "statement" : "transaction";
        return new UsageException(
            $"{name} is behind a pooler that lends sessions by the {unit} (pool_mode = {unit}): settings and locks of this "
                + "program would reach the application's sessions. Give the map a connection string that leads to PostgreSQL "
                + "itself, or to a pool with pool_mode = session"
        );
    }

    // Probes once for all connections, and again after a failure.
    private Task<PoolMode> FindModeAsync()
    {
        lock (gate)
        {
            if (mode is null or { IsFaulted: true })
                mode = ProbeAsync();
            return mode;
        }
    }

    private async Task<PoolMode> ProbeAsync()
    {
        try
        {
            return await new PoolModeProbe(connectionString, PidAsync).FindAsync();
        }
        catch (NpgsqlException fault) when (fault.InnerException is TimeoutException)
        {
            throw new UsageException(
                $"{name} is behind a pooler that lends fewer than 3 sessions at a time, within {TimeoutSeconds} s: a rotation "
                    + $"needs {Least} at the least. Raise its pool size (pgbouncer: default_pool_size, or pool_size of the "
                    + "database), or give the map a connection string that leads to PostgreSQL itself"
            );
        }
    }

    private static async Task<int> PidAsync(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand(AskPid, connection) { CommandTimeout = TimeoutSeconds };
        return (int)(await ask.ExecuteScalarAsync())!;
    }
}
