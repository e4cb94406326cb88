using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Finds out how long a pooler lends a session, and changes nothing in any session. It opens two connections. If each has a
/// session of its own, the first keeps its server process while the second works, and the second never gets that process.
/// </summary>
internal sealed class PoolModeProbe(string connectionString, Func<NpgsqlConnection, Task<int>> askPid)
{
    /// <summary>
    /// Number of rounds: while the application uses the pooler too, one round may look like session mode by chance.
    /// </summary>
    private const int Rounds = 8;

    /// <summary>
    /// Returns the pool mode. Throws <see cref="NpgsqlException"/> if the pooler does not lend two sessions at a time.
    /// </summary>
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
            return PoolMode.Statement; // the pooler refuses BEGIN
        }

        return PoolMode.Session;
    }
}
