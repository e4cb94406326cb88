using System.Security.Cryptography;
using Npgsql;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.Postgres;

/// <summary>
/// A server from installed binaries, in a temporary folder on a free port. A shell watches over it and ends it as soon
/// as the pipe to this process breaks: see <c>private-server.sh</c>.
/// </summary>
internal sealed class NativePostgres : IPostgres
{
    // Another process may take the free port first.
    private const int Attempts = 3;

    private readonly Watchdog watchdog;
    private readonly string binaries;

    private NativePostgres(Watchdog watchdog, string binaries, string connectionString)
    {
        this.watchdog = watchdog;
        this.binaries = binaries;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>
    /// Starts one. <paramref name="durable"/>: what is committed survives a crash of the server, though not of the machine.
    /// <paramref name="settings"/> are lines of its configuration.
    /// </summary>
    public static Task<NativePostgres> StartAsync(
        string binaries,
        bool durable = false,
        params IReadOnlyList<string> settings
    ) => StartAsync(binaries, durable, null, settings);

    /// <summary>Starts a hot standby that follows this server, with its roles and passwords.</summary>
    public Task<NativePostgres> StartStandbyAsync() => StartAsync(binaries, durable: true, this, []);

    private static async Task<NativePostgres> StartAsync(
        string binaries,
        bool durable,
        NativePostgres? primary,
        IReadOnlyList<string> settings
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Machine.FreePort();
            var password = primary is null
                ? RandomNumberGenerator.GetHexString(32, lowercase: true)
                : new NpgsqlConnectionStringBuilder(primary.ConnectionString).Password!;
            var watchdog = Watchdog.Start(
                "private-server.sh",
                new Dictionary<string, string>
                {
                    ["BIN"] = binaries,
                    ["PORT"] = $"{port}",
                    ["PASSWORD"] = password,
                    ["RUN_AS"] = Machine.RunAs("postgres"),
                    ["SYNCHRONOUS_COMMIT"] = durable ? "on" : "off",
                    ["SETTINGS"] = string.Join('\n', settings),
                    ["PRIMARY"] = primary?.Uri() ?? "",
                }
            );
            var answer = await watchdog.AnswerAsync();
            if (answer == "ready")
                return new NativePostgres(watchdog, binaries, ConnectionTo(port, password));
            var log = await watchdog.RestAsync();
            await watchdog.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException(
                    $"PostgreSQL from {binaries} did not start: {answer}\n{log}"
                );
        }
    }

    /// <summary>Ends the server at once, as a crash would, and leaves its data.</summary>
    public Task StopImmediatelyAsync() => watchdog.TellAsync("stop", "stopped");

    /// <summary>Ends each of its processes by SIGKILL, and leaves its data.</summary>
    public async Task KillAsync()
    {
        await watchdog.TellAsync("kill", "killed");
        await using var gone = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(gone);
    }

    /// <summary>Starts it again on its port; it recovers first.</summary>
    public Task StartAgainAsync() => watchdog.TellAsync("start", "ready");

    public ValueTask DisposeAsync() => watchdog.DisposeAsync();

    private string Uri()
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"postgres://{builder.Username}:{builder.Password}@{builder.Host}:{builder.Port}/{builder.Database}";
    }

    private static string ConnectionTo(int port, string password) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "rotationmesh",
            Password = password,
            Database = "postgres",
        }.ConnectionString;
}
