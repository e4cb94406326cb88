using System.Collections.Concurrent;
using Npgsql;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// The user's databases by their name in the map, each with a pool of connections for reading and one for writing rows;
/// <paramref name="connections"/> is the size of either, null for what the connection string says.
/// </summary>
public sealed class TargetDatabases(RotationMap map, int? connections = null) : IAsyncDisposable
{
    /// <summary>
    /// Longest wait for a row that the application holds, in milliseconds. The rows of the batch that are already
    /// written stay locked meanwhile, so it is short; what is still held then is a conflict to come back to.
    /// </summary>
    private const int LockTimeoutMs = 100;

    /// <summary>Longest time of one batch, in milliseconds: the default batch takes some 30 ms.</summary>
    private const int StatementTimeoutMs = 30_000;

    /// <summary>Socket buffers in bytes: the default of 8 KB holds less than ten rows.</summary>
    private const int BufferBytes = 128 * 1024;

    /// <summary>
    /// Commits of batches do not wait for the disk: a row that a server crash takes back is found by the closing
    /// census, and <see cref="FlushAsync"/> makes all of them durable before a rotation counts as complete.
    /// </summary>
    private const string SessionSettings =
        "SET synchronous_commit = off; SET plan_cache_mode = auto; SET idle_in_transaction_session_timeout = 0; "
        + "SET statement_timeout = 0; SET extra_float_digits = 1;";

    private static readonly string WriterSettings =
        $"SET lock_timeout = {LockTimeoutMs}; SET statement_timeout = {StatementTimeoutMs}; "
        + "SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan; SET extra_float_digits = 1;";

    private readonly ConcurrentDictionary<string, NpgsqlDataSource> readers = [];
    private readonly ConcurrentDictionary<string, NpgsqlDataSource> writers = [];

    /// <summary>Connections for reading from the database of that name.</summary>
    public NpgsqlDataSource Reader(string database) =>
        readers.GetOrAdd(database, name => Build(name, SessionSettings));

    /// <summary>
    /// Connections for writing batches: short timeouts, and plans that do not look at the parameters (a batch's arrays
    /// are megabytes that the planner would copy).
    /// </summary>
    public NpgsqlDataSource Writer(string database) =>
        writers.GetOrAdd(database, name => Build(name, WriterSettings));

    /// <summary>
    /// A connection for reading. Throws <see cref="TargetDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenReadingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Reader(database), cancellationToken);

    /// <summary>
    /// A connection for writing. Throws <see cref="TargetDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenWritingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Writer(database), cancellationToken);

    /// <summary>
    /// Makes every earlier commit durable: a synchronous commit of a transaction that has an id flushes the log up to
    /// itself, and with it all before (PostgreSQL documentation, "Asynchronous Commit").
    /// </summary>
    public async Task FlushAsync(string database, CancellationToken cancellationToken)
    {
        await using var connection = await OpenReadingAsync(database, cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; SET LOCAL synchronous_commit = on; SELECT pg_current_xact_id(); COMMIT";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in readers.Values.Concat(writers.Values))
            await source.DisposeAsync();
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        string database,
        NpgsqlDataSource source,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            throw new TargetDatabaseException(database, fault);
        }
    }

    private NpgsqlDataSource Build(string name, string settings)
    {
        var entry = map.Database(name);
        var builder = new NpgsqlDataSourceBuilder(MapConnection.Checked(entry, map.Path));
        builder.ConnectionStringBuilder.ApplicationName ??= "rotationmesh";
        if (connections is { } most)
        {
            var pool = builder.ConnectionStringBuilder;
            (pool.MinPoolSize, pool.MaxPoolSize) = (Math.Min(pool.MinPoolSize, most), most);
        }

        builder.ConnectionStringBuilder.ReadBufferSize = BufferBytes;
        builder.ConnectionStringBuilder.WriteBufferSize = BufferBytes;
        builder.ConnectionStringBuilder.NoResetOnClose = true; // it would take the settings below back
        builder.ConnectionStringBuilder.CommandTimeout = 0; // a count takes as long as the table is large
        builder.ConnectionStringBuilder.IncludeErrorDetail = false; // details quote values of rows
        builder.UsePhysicalConnectionInitializer(
            connection => Initialize(connection, settings),
            connection => InitializeAsync(connection, settings)
        );
        return builder.Build();
    }

    private static void Initialize(NpgsqlConnection connection, string settings)
    {
        using var command = new NpgsqlCommand(settings, connection);
        command.ExecuteNonQuery();
    }

    private static async Task InitializeAsync(NpgsqlConnection connection, string settings)
    {
        await using var command = new NpgsqlCommand(settings, connection);
        await command.ExecuteNonQueryAsync();
    }
}
