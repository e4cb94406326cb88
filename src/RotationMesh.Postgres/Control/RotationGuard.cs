using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// Work on a rotation that one process does at a time. The lock is held by a connection, so it ends with the process that
/// holds it, however that ends.
/// </summary>
public sealed class RotationGuard(NpgsqlDataSource source)
{
    /// <summary>Work of an embedding process: as long as it lives it holds its rotation.</summary>
    public const string Run = "run";

    private const string Lock = "SELECT pg_try_advisory_lock(hashtextextended(@name, 0))";
    private const string Unlock = "SELECT pg_advisory_unlock(hashtextextended(@name, 0))";

    /// <summary>
    /// Holds the work of that name until disposed of; null where somebody else is at it. Names of different work differ.
    /// </summary>
    public async Task<HeldWork?> TryHoldAsync(
        string work,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        var name = $"rotationmesh/{work}/{rotationId}";
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            if (
                await connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition(Lock, new { name }, cancellationToken: cancellationToken)
                )
            )
                return new HeldWork(connection, name, Unlock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }
}

/// <summary>Work that this process alone is at. What it decides is written over its connection: where the lock was lost, so is the write.</summary>
public sealed class HeldWork : IAsyncDisposable
{
    private readonly string name;
    private readonly string unlock;

    internal HeldWork(NpgsqlConnection connection, string name, string unlock)
    {
        Connection = connection;
        this.name = name;
        this.unlock = unlock;
    }

    /// <summary>The session that holds the lock.</summary>
    public NpgsqlConnection Connection { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await using (Connection)
        {
            try
            {
                await Connection.ExecuteAsync(unlock, new { name });
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                // The connection is broken, and the lock gone with it.
            }
        }
    }
}
