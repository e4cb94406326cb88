using Npgsql;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.Postgres;

/// <summary>A pgbouncer of its own before the server of a database.</summary>
public sealed class Pooler : IAsyncDisposable
{
    // Another process may take the free port first.
    private const int Attempts = 3;

    private readonly Watchdog watchdog;

    private Pooler(Watchdog watchdog, string connectionString) =>
        (this.watchdog, ConnectionString) = (watchdog, connectionString);

    /// <summary>Leads to the database through the pooler, in Npgsql keywords.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Starts one with <c>pool_mode</c> and <c>default_pool_size</c>: the sessions that it has at most for a user and database.
    /// </summary>
    public static async Task<Pooler> StartAsync(TestDatabase database, string mode, int size)
    {
        if (!Machine.OnPath("pgbouncer") && !File.Exists("/usr/sbin/pgbouncer"))
            throw Missing.Tell("no pgbouncer for the tests: run infra/services.sh install pgbouncer");
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        for (var attempt = 1; ; attempt++)
        {
            var port = Machine.FreePort();
            var watchdog = Watchdog.Start(
                "private-pooler.sh",
                new Dictionary<string, string>
                {
                    ["PORT"] = $"{port}",
                    ["SERVER"] =
                        $"host={server.Host} port={server.Port} user={server.Username} password={server.Password}",
                    ["MODE"] = mode,
                    ["SIZE"] = $"{size}",
                    ["RUN_AS"] = Machine.RunAs("postgres"),
                }
            );
            var answer = await watchdog.AnswerAsync();
            if (answer == "ready")
                return new Pooler(watchdog, Through(port, server));
            var log = await watchdog.RestAsync();
            await watchdog.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException($"{answer}\n{log}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => watchdog.DisposeAsync();

    private static string Through(int port, NpgsqlConnectionStringBuilder server) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = server.Username,
            Database = server.Database,
        }.ConnectionString;
}
