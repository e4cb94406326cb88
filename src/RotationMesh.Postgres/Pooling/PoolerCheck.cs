using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Asks each new connection, before anything is set on it, whether its session is this program's alone. A pooler that lends
/// sessions by the transaction or the statement would hand our settings and locks to the application.
/// </summary>
/// <param name="name">The database, in words.</param>
/// <param name="connectionString">How to reach it, in Npgsql keywords.</param>
internal sealed class PoolerCheck(string name, string connectionString)
{
    /// <summary>Longest wait for the first answer, in seconds: a server of its own gives it at once.</summary>
    private const int PatienceSeconds = 10;

    private const string AskPid = "SELECT pg_catalog.pg_backend_pid()";

    /// <summary>Sessions that a rotation needs at the least, with a worker and the control schema in the same database.</summary>
    public const int Least = 12;

    private readonly Lock gate = new();
    private Task<PoolMode>? mode;

    /// <summary>
    /// Throws <see cref="UsageException"/> with the fix where the session is shared, and <see cref="NpgsqlException"/> where
    /// none is lent in time.
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
                $"{name} gave no session within {PatienceSeconds} s: a pooler before it has none left to lend",
                fault
            );
        }
    }

    /// <summary>
    /// Whether somebody between lends the connection its session: a pooler answers the start of a connection itself, with a
    /// number of its own for the process.
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

    // Asked once for all connections, and again where there was no answer.
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
                $"{name} is behind a pooler that lends fewer than 3 sessions at a time, within {PatienceSeconds} s: a rotation "
                    + $"needs {Least} at the least. Raise its pool size (pgbouncer: default_pool_size, or pool_size of the "
                    + "database), or give the map a connection string that leads to PostgreSQL itself"
            );
        }
    }

    private static async Task<int> PidAsync(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand(AskPid, connection) { CommandTimeout = PatienceSeconds };
        return (int)(await ask.ExecuteScalarAsync())!;
    }
}
