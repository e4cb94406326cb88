using System.Net;
using System.Net.Sockets;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.Redis;

/// <summary>
/// A private Redis server on a free port, in memory only: from the installed binary, else from a container. Settings are
/// lines of <c>redis.conf</c>.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Variable = "ROTATIONMESH_TEST_REDIS";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly Lazy<Task<RedisServer>> Shared = new(StartSharedAsync);

    private readonly string[] settings;
    private readonly bool isContained;
    private IAsyncDisposable? process;

    private RedisServer(int port, bool isContained, string[] settings) =>
        (Port, this.isContained, this.settings) = (port, isContained, settings);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>URL without a password.</summary>
    public string Url => $"redis://127.0.0.1:{Port}";

    /// <summary>
    /// URL of the one server that tests share, each under a prefix of its own: the given one, else a container, else a
    /// private one. Where none can be had the test is ignored, or fails in CI.
    /// </summary>
    public static async Task<string> SharedUrlAsync() =>
        Missing.Variable(Variable) ?? (await Shared.Value).Url;

    /// <summary>Ends the private server that tests share, if there is one.</summary>
    public static async Task StopSharedAsync()
    {
        if (Shared.IsValueCreated && Shared.Value.IsCompletedSuccessfully)
            await (await Shared.Value).DisposeAsync();
    }

    /// <summary>
    /// Starts a server of the test's own; it listens without TLS unless the settings say otherwise. <c>PORT</c> in them is
    /// its port.
    /// </summary>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        // Files that settings name are on this machine, where a container does not reach them.
        var canBeContained = !settings.Any(line => line.Contains('/'));
        if (canBeContained && await Ladder.LacksAsync(NativeRedis.Program))
            return await StartAsync(true, settings);
        return NativeRedis.Program is null ? throw None() : await StartAsync(false, settings);
    }

    /// <summary>Starts the server again on its port, with nothing in it.</summary>
    public async Task StartAgainAsync()
    {
        string[] lines = ["save \"\"", "appendonly no", "daemonize no", .. settings];
        if (isContained)
        {
            process = await ContainerRedis.StartAsync(Port, lines);
            return;
        }

        lines = ["bind 127.0.0.1", .. lines];
        if (!settings.Any(line => line.StartsWith("port ", StringComparison.Ordinal)))
            lines = ["port PORT", .. lines];
        process = await NativeRedis.StartAsync([
            .. lines.Select(line => line.Replace("PORT", $"{Port}", StringComparison.Ordinal)),
        ]);
        await Eventually.Holds(ListensAsync, StartDeadline, "Redis listens");
    }

    /// <summary>Ends the server; its data is gone.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running)
            return;
        process = null;
        await running.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<RedisServer> StartSharedAsync()
    {
        Func<Task<RedisServer>>? native = null;
        if (NativeRedis.Program is not null)
            native = () => StartAsync(false, []);
        return await Ladder.ClimbAsync("Redis", () => StartAsync(true, []), native) ?? throw None();
    }

    private static async Task<RedisServer> StartAsync(bool isContained, string[] settings)
    {
        var server = new RedisServer(Machine.FreePort(), isContained, settings);
        await server.StartAgainAsync();
        return server;
    }

    private static Exception None() =>
        Missing.Tell(
            $"no Redis for the tests: set {Variable}, start Docker, or run: infra/services.sh install redis"
        );

    private async Task<bool> ListensAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
