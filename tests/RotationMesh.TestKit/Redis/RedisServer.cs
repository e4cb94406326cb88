using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RotationMesh.TestKit.Redis;

/// <summary>
/// A private Redis server from the installed binary, on a free port, in memory only. Settings are lines of
/// <c>redis.conf</c>.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Variable = "ROTATIONMESH_TEST_REDIS";
    private const string Program = "redis-server";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly Lazy<Task<RedisServer>> Shared = new(() => StartAsync());

    private readonly string[] settings;
    private Process? process;

    private RedisServer(int port, string[] settings) => (Port, this.settings) = (port, settings);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>URL without a password.</summary>
    public string Url => $"redis://127.0.0.1:{Port}";

    /// <summary>
    /// URL of the one server that tests share, each under a prefix of its own: the given one, else a private one. Where
    /// none can be had the test is ignored, or fails in CI.
    /// </summary>
    public static async Task<string> SharedUrlAsync() =>
        Missing.Variable(Variable) ?? (await Shared.Value).Url;

    /// <summary>Ends the private server that tests share, if there is one.</summary>
    public static async Task StopSharedAsync()
    {
        if (Shared.IsValueCreated && Shared.Value.IsCompletedSuccessfully)
            await (await Shared.Value).DisposeAsync();
    }

    /// <summary>Starts a server of the test's own; it listens without TLS unless the settings say otherwise.</summary>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        if (!OnPath())
            throw Missing.Tell(
                $"no Redis for the tests: set {Variable}, or run: infra/services.sh install redis"
            );
        var server = new RedisServer(FreePort(), settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the server again on its port, with nothing in it.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Program, "-")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string[] lines = ["bind 127.0.0.1", "save \"\"", "appendonly no", "daemonize no", .. settings];
        if (!settings.Any(line => line.StartsWith("port ", StringComparison.Ordinal)))
            await process.StandardInput.WriteLineAsync($"port {Port}");
        foreach (var line in lines)
            await process.StandardInput.WriteLineAsync(
                line.Replace("PORT", $"{Port}", StringComparison.Ordinal)
            );
        process.StandardInput.Close();
        await Eventually.Holds(ListensAsync, StartDeadline, "Redis listens");
    }

    /// <summary>Ends the server; its data is gone.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running)
            return;
        process = null;
        running.Kill();
        await running.WaitForExitAsync();
        running.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Program)));
}
