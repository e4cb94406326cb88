using Npgsql;

namespace RotationMesh.TestKit;

/// <summary>A database of its own for one test or fixture, empty at first, dropped on dispose whoever is connected to it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>Seconds that a test's own statement may take: a busy machine needs more than Npgsql's 30.</summary>
    private const int StatementSeconds = 300;

    private const int DropAttempts = 20;

    private readonly string server;

    private TestDatabase(string server, string name)
    {
        this.server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(Patient(ConnectionString));
    }

    /// <summary>The database's name; it needs no quotes.</summary>
    public string Name { get; }

    /// <summary>Npgsql keywords with the password: also for programs that a test starts.</summary>
    public string ConnectionString { get; }

    /// <summary>Connections to this database.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>Creates a database on the tests' server, which is started if need be.</summary>
    public static async Task<TestDatabase> CreateAsync() =>
        await CreateAsync(await PostgresServer.ConnectionStringAsync());

    /// <summary>A copy of this database on the same server; nobody else may be connected to it meanwhile.</summary>
    public Task<TestDatabase> CopyAsync()
    {
        DataSource.Clear();
        return CreateAsync(server, Name);
    }

    /// <summary>The same with the server's encoding of that name, such as LATIN1.</summary>
    public static async Task<TestDatabase> CreateEncodedAsync(string encoding) =>
        await CreateAsync(
            await PostgresServer.ConnectionStringAsync(),
            $"template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        );

    internal static async Task<TestDatabase> CreateAsync(string server, string template = "template1")
    {
        var name = $"test_{Guid.NewGuid():N}";
        await OnServerAsync(server, $"CREATE DATABASE {name} TEMPLATE {template}");
        return new TestDatabase(server, name);
    }

    /// <summary>Runs statements and returns the number of rows they wrote.</summary>
    public async Task<int> ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = DataSource.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; the default of <typeparamref name="T"/> if it is NULL or there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using NpgsqlCommand command = DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync() switch
        {
            null or DBNull => default,
            T value => value,
            object other => throw new InvalidCastException(
                $"{sql} returned {other.GetType()}, not {typeof(T)}"
            ),
        };
    }

    /// <summary>Drops the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await OnServerAsync(server, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
                return;
            }
            // The server waits five seconds for the sessions that it ends, which is short on a busy machine.
            catch (PostgresException busy)
                when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < DropAttempts) { }
        }
    }

    private static async Task OnServerAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection($"{Patient(server)};Pooling=false"); // tests kill servers
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Patient(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = StatementSeconds,
            Timeout = StatementSeconds,
        }.ConnectionString;
}
