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
    public async Task<IAsyncDisposable?> TryHoldAsync(
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
                return new Held(connection, name);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private sealed class Held(NpgsqlConnection connection, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                try
                {
                    await connection.ExecuteAsync(Unlock, new { name });
                }
                catch (NpgsqlException)
                {
                    // The connection is broken, and the lock gone with it.
                }
            }
        }
    }
}
