using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Tables;

/// <summary>The user's databases by their name in the map, each with a pool of connections for reading and one for writing rows.</summary>
public sealed class ApplicationDatabases : IAsyncDisposable
{
    private readonly RotationMap map;
    private readonly int? workers;

    /// <summary>
    /// The databases of <paramref name="map"/>; none is contacted yet. So many <paramref name="workers"/> work there at once;
    /// null where nobody said.
    /// </summary>
    public ApplicationDatabases(RotationMap map, int? workers = null)
    {
        this.map = map;
        this.workers = workers;
        servers = [];
        Places = new SameDatabases(map, this);
    }

    /// <summary>The same databases with pools of their own, counted together with those of <paramref name="beside"/>.</summary>
    public ApplicationDatabases(ApplicationDatabases beside)
        : this((beside ?? throw new ArgumentNullException(nameof(beside))).map) => servers = beside.servers;

    /// <summary>Every table of the map, also those that nobody asks for now.</summary>
    internal IEnumerable<TableEntry> Tables => map.Tables;

    /// <summary>Which of the databases are one and the same.</summary>
    internal SameDatabases Places { get; }

    /// <summary>Longest wait of an operator who looks on while rows are read.</summary>
    public static readonly TimeSpan ReadingPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest wait for a table that somebody keeps locked, where rows are only read; null: as long as it takes. A rotation
    /// waits, and says for whom.
    /// </summary>
    public TimeSpan? LockPatience { get; init; }

    /// <summary>
    /// Longest wait for a row that the application holds, in milliseconds. The rows of the batch that are already
    /// written stay locked meanwhile, so it is short; what is still held then is a conflict to come back to.
    /// </summary>
    private const int LockTimeoutMs = 100;

    /// <summary>Longest time of one batch, in milliseconds: the default batch takes some 30 ms.</summary>
    private const int StatementTimeoutMs = 30_000;

    /// <summary>
    /// Longest time that a transaction waits for its next statement, in milliseconds: between the statements of a batch are
    /// some tens. The transaction of a worker that froze ends so, and with it the locks on its rows and on its rotation.
    /// </summary>
    private const int IdleTimeoutMs = 30_000;

    /// <summary>Socket buffers in bytes: the default of 8 KB holds less than ten rows.</summary>
    private const int BufferBytes = 128 * 1024;

    /// <summary>Largest pool: as many as the most workers, and some; the driver's 100 would make them wait and fail.</summary>
    private const int MostConnections = 300;

    /// <summary>
    /// Commits of batches do not wait for the disk: a row that a server crash takes back is found by the closing
    /// census, which makes all that it saw durable before a rotation counts as complete.
    /// </summary>
    private const string ReaderSettings =
        SessionSettings.Unlimited
        + SessionSettings.ApplicationSchemas
        + SessionSettings.Policies
        + SessionSettings.ReadCommitted
        + SessionSettings.ExactText
        + "SET synchronous_commit = off; SET plan_cache_mode = auto;";

    // Triggers of the application run here: dates keep the form that they expect. A key that was read in its exact form is
    // understood in any.
    private static readonly string WriterSettings =
        SessionSettings.Unlimited
        + SessionSettings.ApplicationSchemas
        + SessionSettings.Policies
        + SessionSettings.ReadCommitted
        + $"SET lock_timeout = {LockTimeoutMs}; SET statement_timeout = {StatementTimeoutMs}; "
        + $"SET idle_in_transaction_session_timeout = {IdleTimeoutMs}; "
        + "SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan;";

    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> apart = [];
    private readonly ConcurrentDictionary<string, PoolerCheck> poolers = [];
    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> readers = [];
    private readonly ConcurrentDictionary<string, ServerConnections> servers;
    private readonly ConcurrentDictionary<string, Lazy<ConnectionPool>> writers = [];

    /// <summary>Whether the map has a database of that name: an earlier map may have had another.</summary>
    public bool Has(string database) => map.Databases.Any(known => known.Name == database);

    /// <summary>Whether the control schema is there as well, by the same connection string.</summary>
    internal bool HasControl(string database) =>
        map.Database(database).ConnectionString == map.Control.ConnectionString;

    /// <summary>The driver's own source of connections for reading from the database of that name; they are not counted.</summary>
    public NpgsqlDataSource Reader(string database) => Readers(database).Source;

    /// <summary>
    /// A connection for reading. Throws <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenReadingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Readers(database), cancellationToken);

    /// <summary>
    /// A connection for reading that is held while others are opened. It does not wait for one that is free: those who hold
    /// them may all wait for a second one. Throws <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    internal Task<NpgsqlConnection> OpenToHoldAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Readers(database), cancellationToken, waits: false);

    /// <summary>
    /// A connection for writing batches: short timeouts, and plans that do not look at the parameters (a batch's arrays
    /// are megabytes that the planner would copy). Throws <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenWritingAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Pool(writers, database, WriterSettings), cancellationToken);

    /// <summary>
    /// A connection that is nobody else's, and ends when it is disposed of: for locks that are held for long. Throws
    /// <see cref="ApplicationDatabaseException"/> where the database can't be reached.
    /// </summary>
    public Task<NpgsqlConnection> OpenApartAsync(string database, CancellationToken cancellationToken) =>
        OpenAsync(database, Pool(apart, database, ReaderSettings, pooled: false), cancellationToken);

    /// <summary>Closes connections for reading that nobody uses now.</summary>
    internal void Clear(string database) => Readers(database).Server.Clear(Readers(database));

    /// <summary>How many connections to the server of a database the user allows this process; null where nobody said.</summary>
    internal int? Allowed(string database) => Readers(database).Server.Allowed;

    /// <summary>So many connections to the server of a database are needed at once.</summary>
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
        LockPatience is { } patience
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" SET lock_timeout = {patience.TotalMilliseconds:0};"
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
        builder.ConnectionStringBuilder.NoResetOnClose = true; // it would take the settings below back
        builder.ConnectionStringBuilder.CommandTimeout = 0; // a count takes as long as the table is large
        builder.ConnectionStringBuilder.IncludeErrorDetail = false; // details quote values of rows
        LostServers.ApplyTo(builder.ConnectionStringBuilder);
        builder.ConnectionStringBuilder.MinPoolSize = 0; // idle ones are given up for other databases
        SessionSettings.ApplyTo(
            builder,
            poolers.GetOrAdd(name, _ => new PoolerCheck($"database {name}", connectionString)),
            settings
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
