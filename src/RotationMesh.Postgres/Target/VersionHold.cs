using Npgsql;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// Holds the lock of a version in a database, shared, over a connection of its own.
/// </summary>
public sealed class VersionHold : IAsyncDisposable
{
    /// <summary>Longest wait for an answer of a connection that may be dead.</summary>
    private const int PatienceSeconds = 5;

    private static readonly string Take = $"SELECT {VersionLock.SharedBySession(1)}";

    private readonly NpgsqlConnection connection;

    private VersionHold(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Null where somebody has it alone. Throws where the database does not answer.</summary>
    public static async Task<VersionHold?> TryTakeAsync(
        TargetDatabases databases,
        string database,
        int version,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        var connection = await databases.OpenApartAsync(database, cancellationToken);
        try
        {
            if (await TryTakeAsync(connection, version, cancellationToken))
                return new VersionHold(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Throws where the connection is gone, and the lock with it.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "SELECT", cancellationToken);

    /// <summary>Throws <see cref="OtherDatabaseException"/> where the connection leads to another database, or to a standby.</summary>
    public Task EnsureAsync(ExpectedDatabase expected, string database, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return expected.EnsureAsync(connection, database, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<bool> TryTakeAsync(
        NpgsqlConnection connection,
        int version,
        CancellationToken cancellationToken
    )
    {
        await using var take = new NpgsqlCommand(Take, connection) { CommandTimeout = PatienceSeconds };
        take.Parameters.Add(VersionLock.Parameter(version));
        return (bool)(await take.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = PatienceSeconds };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
