using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Finds out for how long a pooler lends a session, and leaves nothing behind in any. Two clients are connected: who has a
/// session for itself keeps its process while the other one works, and nobody else is given that process.
/// </summary>
internal sealed class PoolModeProbe(string connectionString, Func<NpgsqlConnection, Task<int>> askPid)
{
    /// <summary>Where the application takes part, one round may look like a session of its own by chance.</summary>
    private const int Rounds = 8;

    /// <summary>Throws <see cref="NpgsqlException"/> where the pooler does not lend two sessions at a time.</summary>
    public async Task<PoolMode> FindAsync()
    {
        var keywords = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            NoResetOnClose = true,
        };
        var builder = new NpgsqlDataSourceBuilder(keywords.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var source = builder.Build();
        await using var one = await source.OpenConnectionAsync();
        await using var other = await source.OpenConnectionAsync();
        try
        {
            var own = await askPid(one);
            for (var i = 0; i < Rounds; i++)
            {
                await using var transaction = await other.BeginTransactionAsync();
                if (await askPid(other) == own || await askPid(one) != own)
                    return PoolMode.Transaction;
                await transaction.RollbackAsync();
            }
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.ProtocolViolation)
        {
            return PoolMode.Statement; // it refuses BEGIN
        }

        return PoolMode.Session;
    }
}
