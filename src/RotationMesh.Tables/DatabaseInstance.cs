using Npgsql;
using RotationMesh.Postgres;

namespace RotationMesh.Tables;

/// <summary>
/// Where a database is now. The start time, to the microsecond, identifies the server, and the oid the database in it.
/// Every role can read both, also through a pooler. An advisory lock would not do: through a pooler, a second connection may
/// get the session that took the lock.
/// </summary>
/// <param name="Server">When the server started, in seconds of the epoch.</param>
/// <param name="Oid">The database's oid in it.</param>
internal sealed record DatabaseInstance(string Server, uint Oid)
{
    private const string Ask = """
        SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())::pg_catalog.text, oid::pg_catalog.int8
        FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        """;

    /// <summary>Reads the place of the connection's database. Throws <see cref="NpgsqlException"/>.</summary>
    public static async Task<DatabaseInstance> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var ask = new NpgsqlCommand(Ask, connection);
        await using var reader = await ask.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DatabaseInstance(reader.GetString(0), checked((uint)reader.GetInt64(1)));
    }

    /// <summary>
    /// Reads the place of a database of the map. Throws <see cref="ApplicationDatabaseException"/> where it can't be reached.
    /// </summary>
    public static async Task<DatabaseInstance> ReadAsync(
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        return await ReadAsync(connection, cancellationToken);
    }
}
