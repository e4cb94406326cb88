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

    private NativePostgres(Watchdog watchdog, string connectionString)
    {
        this.watchdog = watchdog;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <summary>
    /// Starts one. <paramref name="durable"/>: what is committed survives a crash of the server, though not of the machine.
    /// </summary>
    public static async Task<NativePostgres> StartAsync(string binaries, bool durable = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Machine.FreePort();
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var watchdog = Watchdog.Start(
                "private-server.sh",
                new Dictionary<string, string>
                {
                    ["BIN"] = binaries,
                    ["PORT"] = $"{port}",
                    ["PASSWORD"] = password,
                    ["RUN_AS"] = Machine.RunAs("postgres"),
                    ["SYNCHRONOUS_COMMIT"] = durable ? "on" : "off",
                }
            );
            var answer = await watchdog.AnswerAsync();
            if (answer == "ready")
                return new NativePostgres(watchdog, ConnectionTo(port, password));
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

    /// <summary>Starts it again on its port; it recovers first.</summary>
    public Task StartAgainAsync() => watchdog.TellAsync("start", "ready");

    public ValueTask DisposeAsync() => watchdog.DisposeAsync();

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
