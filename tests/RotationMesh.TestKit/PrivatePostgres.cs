using RotationMesh.TestKit.Postgres;

namespace RotationMesh.TestKit;

/// <summary>
/// A PostgreSQL server of the test's own, which it may stop and start; what is committed survives that. Needs installed
/// binaries. Ended on dispose, and by itself if the process is killed.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly NativePostgres server;

    private PrivatePostgres(NativePostgres server) => this.server = server;

    /// <summary>
    /// Starts one, with further lines of its configuration. Without binaries the test is ignored, or fails in CI.
    /// </summary>
    public static async Task<PrivatePostgres> StartAsync(params IReadOnlyList<string> settings) =>
        new(
            await NativePostgres.StartAsync(
                PostgresBinaries.Find()
                    ?? throw Missing.Tell(
                        "no PostgreSQL that a test may stop: install it on this machine (Debian, Ubuntu: apt-get install postgresql)"
                    ),
                durable: true,
                settings
            )
        );

    /// <summary>Starts a hot standby that follows this server.</summary>
    public async Task<PrivatePostgres> StartStandbyAsync() => new(await server.StartStandbyAsync());

    /// <summary>Connects to a database of that name on this server.</summary>
    public string ConnectionTo(string database) =>
        new Npgsql.NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Database = database,
        }.ConnectionString;

    /// <summary>A database of its own on this server.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => TestDatabase.CreateAsync(server.ConnectionString);

    /// <summary>Ends the server at once (<c>-m immediate</c>), as a crash would.</summary>
    public Task StopImmediatelyAsync() => server.StopImmediatelyAsync();

    /// <summary>Ends each of its processes by SIGKILL.</summary>
    public Task KillAsync() => server.KillAsync();

    /// <summary>Starts it again; returns when it takes connections.</summary>
    public Task StartAgainAsync() => server.StartAgainAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => server.DisposeAsync();
}
