using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Tables;

/// <summary>
/// The user's databases by their names in the map, each with a pool of connections for reading and one for writing rows.
/// </summary>
public sealed class ApplicationDatabases : IAsyncDisposable
{
    private readonly RotationMap map;
    private readonly int? workers;

    /// <summary>
    /// The databases of <paramref name="map"/>; none is contacted yet. <paramref name="workers"/> says how many work there
    /// at once; null where it is unknown.
    /// </summary>
    public ApplicationDatabases(RotationMap map, int? workers = null)
    {
        this.map = map;
        this.workers = workers;
        servers = [];
        Places = new SameDatabases(map, this);
    }

    /// <summary>
    /// The databases of <paramref name="beside"/> with other pools. The connections of both count together.
    /// </summary>
    public ApplicationDatabases(ApplicationDatabases beside)
        : this((beside ?? throw new ArgumentNullException(nameof(beside))).map) => servers = beside.servers;

    /// <summary>Every table of the map, whether it is rotated now or not.</summary>
    internal IEnumerable<TableEntry> Tables => map.Tables;

    /// <summary>Which of the databases are one and the same.</summary>
    internal SameDatabases Places { get; }

    /// <summary>Longest wait for a locked table where an operator waits for what is read.</summary>
    public static readonly TimeSpan ReadingLockTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest wait for a locked table where rows are only read; null for no limit. A rotation waits without a limit, and
    /// says for which session.
    /// </summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>
    /// Whether a connection to a standby is a fault. What a rotation or a retirement counts, waits for and reads there proves
    /// nothing: rows may be missing, and no writer of the primary is seen. An inspection says until when a standby has replayed.
    /// </summary>
    public bool PrimaryOnly { get; init; }

    /// <summary>
    /// Longest wait for a row that the application has locked, in milliseconds. It is short, because the rows of the batch
    /// that are already written stay locked meanwhile. A row that is still locked then is a conflict and is tried again.
    /// </summary>
    private const int LockTimeoutMs = 100;

    /// <summary>
    /// Longest time that a transaction waits for its next statement, in milliseconds; within a batch it is some tens. It
    /// ends the transaction of a frozen worker, and with it the locks on its rows and on its rotation.
    /// </summary>
    private const int IdleTimeoutMs = 30_000;

    /// <summary>Socket buffers in bytes: the default of 8 KB holds less than ten rows.</summary>
    private const int BufferBytes = 128 * 1024;

    /// <summary>
    /// Limit of the driver's pool, unless the connection string sets a higher one: more than the most workers use. With the
    /// driver's default of 100 they would wait and fail.
    /// </summary>
    private const int MostConnections = 300;

    /// <summary>
    /// Settings of sessions that read. In them, as in those that write, a commit does not wait for the disk: the closing
    /// census finds a row that a server crash took back, and makes all that it saw durable before a rotation is complete.
    /// </summary>
    private const string ReaderSettings =
        SessionSettings.Unlimited
        + SessionSettings.ApplicationSchemas
        + SessionSettings.Policies
        + SessionSettings.ReadCommitted
        + SessionSettings.ExactText
        + "SET synchronous_commit = off; SET plan_cache_mode = auto;";

    // The application's triggers run in these sessions, so dates keep the format that the triggers expect. A key that was
    // read in the exact format is understood in any.
    private static readonly string WriterSettings =
        SessionSettings.Unlimited
        + SessionSettings.ApplicationSchemas
        + SessionSettings.Policies
        + SessionSettings.ReadCommitted
        + $"SET lock_timeout = {LockTimeoutMs}; SET statement_timeout = '{StopTimes.Batch.TotalSeconds:0}s'; "
        + $"SET idle_in_transaction_session_timeout = {IdleTimeoutMs}; "
        + "SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan;";

    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> apart = [];
    private readonly ConcurrentDictionary<string, PoolerCheck> poolers = [];
    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> readers = [];
    private readonly ConcurrentDictionary<string, ServerConnections> servers;
    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> writers = [];

    /// <summary>Whether the map has a database of that name. A name from an earlier map may be gone.</summary>
    public bool Has(string database) => map.Databases.Any(known => known.Name == database);

    /// <summary>Whether the control schema is in that database too: both have the same connection string.</summary>
    internal bool HasControl(string database) =>
        map.Database(database).ConnectionString == map.Control.ConnectionString;

    /// <summary>
    /// Returns the driver's own source of connections for reading from the database; connections from it are not counted.
    /// </summary>
    public NpgsqlDataSource Reader(string database) => Readers(database).Source;

    /// <summary>
    /// Opens a connection for reading. Throws <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenReadingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Readers(database), cancellationToken);

    /// <summary>
    /// Opens a connection for reading that is held while others are opened. It does not wait in the queue for a free one:
    /// every holder could be waiting for a second connection. Throws <see cref="ApplicationDatabaseException"/> where the
    /// database can't be reached.
    /// </summary>
    internal Task<NpgsqlConnection> OpenToHoldAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Readers(database), cancellationToken, waits: false);

    /// <summary>
    /// Opens a connection for writing batches: short timeouts, and generic plans (the planner would otherwise copy a batch's
    /// arrays, which are megabytes). Throws <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenWritingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Pool(writers, database, WriterSettings), cancellationToken);

    /// <summary>
    /// Opens a connection that is not pooled and is closed when it is disposed of: for locks that are held for long. Throws
    /// <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenApartAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Pool(apart, database, ReaderSettings, pooled: false), cancellationToken);

    /// <summary>Closes the idle connections for reading.</summary>
    internal void Clear(string database) => Readers(database).Server.Clear(Readers(database));

    /// <summary>
    /// Returns how many connections to the database's server the user allows this process; null where there is no limit.
    /// </summary>
    internal int? Allowed(string database) => Readers(database).Server.Allowed;

    /// <summary>Says how many connections to the database's server are needed at once.</summary>
    internal void Need(string database, int connections) => Readers(database).Server.Need(connections);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in readers.Values.Concat(writers.Values).Concat(apart.Values))
            if (pool.IsValueCreated)
                await pool.Value.DisposeAsync();
        Places.Dispose();
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        string database,
        ConnectionPool pool,
        CancellationToken cancellationToken,
        bool waits = true
    )
    {
        try
        {
            return await pool.OpenAsync(waits, cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            throw new ApplicationDatabaseException(database, fault);
        }
    }

    private string OwnLimit =>
        LockTimeout is { } timeout
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" SET lock_timeout = {timeout.TotalMilliseconds:0};"
            )
            : "";

    private ConnectionPool Readers(string database) => Pool(readers, database, ReaderSettings + OwnLimit);

    private ConnectionPool Pool(
        ConcurrentDictionary<string, Lazy<ConnectionPool>> pools,
        string database,
        string settings,
        bool pooled = true
    ) => pools.GetOrAdd(database, name => new(() => Build(name, settings, pooled))).Value;

    private ConnectionPool Build(string name, string settings, bool pooled)
    {
        var entry = map.Database(name);
        var connectionString = MapConnection.Checked(entry, map.Path);
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "rotationmesh";
        builder.ConnectionStringBuilder.MaxPoolSize = Math.Max(
            builder.ConnectionStringBuilder.MaxPoolSize,
            MostConnections
        );

        if (!pooled)
            builder.ConnectionStringBuilder.Pooling = false;
        builder.ConnectionStringBuilder.ReadBufferSize = BufferBytes;
        builder.ConnectionStringBuilder.WriteBufferSize = BufferBytes;
        builder.ConnectionStringBuilder.NoResetOnClose = true; // a reset would undo the settings below
        builder.ConnectionStringBuilder.CommandTimeout = 0; // a count takes as long as the table is large
        builder.ConnectionStringBuilder.IncludeErrorDetail = false; // details quote values of rows
        LostServers.ApplyTo(builder.ConnectionStringBuilder);
        builder.ConnectionStringBuilder.MinPoolSize = 0; // idle connections are closed for other databases
        SessionSettings.ApplyTo(
            builder,
            poolers.GetOrAdd(name, _ => new PoolerCheck($"database {name}", connectionString)),
            settings,
            PrimaryOnly
        );
        var address = ServerAddress.Of(connectionString);
        var server = servers.GetOrAdd(
            address,
            _ => new ServerConnections(
                ServerAddress.Allowed(
                    map.Databases.Select(one => MapConnection.Checked(one, map.Path)),
                    address
                )
            )
        );
        if (workers is { } many)
            server.Need(ConnectionBudget.Needed(many));
        return new ConnectionPool(server, builder.Build(), pooled);
    }
}
