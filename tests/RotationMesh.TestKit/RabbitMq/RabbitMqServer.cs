using System.Security.Cryptography;
using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>
/// A RabbitMQ node of the test's own, which it may stop and start; durable queues survive that. It comes from installed
/// binaries, else from a container. Ended on dispose; the binaries' own by itself if the process is killed.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const int Attempts = 3;
    private const string User = "rotationmesh";

    // The program itself: the one on the path is a wrapper that insists on the packaged user and folders.
    private static readonly string[] Programs =
    [
        "/usr/lib/rabbitmq/bin/rabbitmq-server",
        "/usr/local/sbin/rabbitmq-server",
    ];

    private readonly IAsyncDisposable node;
    private readonly Func<string, string, Task> tell;
    private readonly int tlsPort;
    private readonly string password;

    // `tell` gives the node a command of private-broker.sh, with the answer that it should have.
    private RabbitMqServer(
        IAsyncDisposable node,
        Func<string, string, Task> tell,
        int port,
        int tlsPort,
        string password,
        RabbitMqManagement management
    )
    {
        (this.node, this.tell) = (node, tell);
        (Port, this.tlsPort, this.password) = (port, tlsPort, password);
        Management = management;
    }

    /// <summary>Starts one from installed binaries; null where there are none.</summary>
    internal static Func<Task<RabbitMqServer>>? Native =>
        Program is { } program ? () => StartNativeAsync(program, null, null) : null;

    private static string? Program => Machine.OnPath("epmd") ? Programs.FirstOrDefault(File.Exists) : null;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What an administrator of the broker does.</summary>
    public RabbitMqManagement Management { get; }

    /// <summary>
    /// Starts one, which speaks TLS as well where it is given a certificate, and asks <paramref name="judge"/> over HTTP about
    /// users that it does not know (rabbitmq_auth_backend_http). Where none can be had the test is ignored, or fails in CI.
    /// </summary>
    public static async Task<RabbitMqServer> StartAsync(BrokerCertificate? tls = null, string? judge = null)
    {
        // Whoever judges listens on this machine, where a container does not reach it.
        var canBeContained = tls is null && judge is null;
        if (canBeContained && await Ladder.LacksAsync(Program))
            return await StartContainerAsync();
        return await StartNativeAsync(
            Program
                ?? throw Missing.Tell(
                    "no RabbitMQ that a test may stop: install it on this machine (Debian, Ubuntu: apt-get install rabbitmq-server)"
                ),
            tls,
            judge
        );
    }

    /// <summary>Starts one in a container.</summary>
    internal static async Task<RabbitMqServer> StartContainerAsync()
    {
        var container = await ContainerBroker.StartAsync(User);
        return new RabbitMqServer(
            container,
            (command, _) => container.DoAsync(command),
            container.Port,
            0,
            container.Password,
            new RabbitMqManagement(container.Management, User, container.Password)
        );
    }

    private static async Task<RabbitMqServer> StartNativeAsync(
        string program,
        BrokerCertificate? tls,
        string? judge
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var (port, management, tlsPort) = (Machine.FreePort(), Machine.FreePort(), Machine.FreePort());
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var watchdog = Watchdog.Start(
                "private-broker.sh",
                new Dictionary<string, string>
                {
                    ["PROGRAM"] = program,
                    ["PORT"] = $"{port}",
                    ["MANAGEMENT"] = $"{management}",
                    ["DISTRIBUTION"] = $"{Machine.FreePort()}",
                    ["EPMD"] = $"{Machine.FreePort()}",
                    ["PASSWORD"] = password,
                    ["RUN_AS"] = Machine.RunAs("rabbitmq"),
                    ["TLS"] = tls is null ? "" : $"{tlsPort}",
                    ["AUTHORITY"] = tls?.Authority ?? "",
                    ["CERTIFICATE"] = tls?.Certificate ?? "",
                    ["KEY"] = tls?.Key ?? "",
                    ["JUDGE"] = judge ?? "",
                }
            );
            var answer = await watchdog.AnswerAsync();
            if (answer == "ready")
                return new RabbitMqServer(
                    watchdog,
                    watchdog.TellAsync,
                    port,
                    tlsPort,
                    password,
                    new RabbitMqManagement(management, User, password)
                );
            var log = await watchdog.RestAsync();
            await watchdog.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException($"RabbitMQ did not start: {answer}\n{log}");
        }
    }

    /// <summary>Address of a virtual host, as programs take it.</summary>
    public string Url(string virtualHost) => $"amqp://{User}:{password}@127.0.0.1:{Port}/{virtualHost}";

    /// <summary>The same for a user whom somebody else judges.</summary>
    public string UrlOf(string user, string word, string virtualHost) =>
        $"amqp://{user}:{word}@127.0.0.1:{Port}/{virtualHost}";

    /// <summary>The same over TLS, by a name or address of this machine, trusting the authorities of a file alone.</summary>
    public string TlsUrl(string virtualHost, string host, string authorityFile) =>
        $"amqps://{User}:{password}@{host}:{tlsPort}/{virtualHost}?cacertfile={Uri.EscapeDataString(authorityFile)}";

    /// <summary>Stops the node; its queues stay on disk.</summary>
    public Task StopAsync() => tell("stop", "stopped");

    /// <summary>Starts the node again; returns when it takes connections.</summary>
    public Task StartAgainAsync() => tell("start", "ready");

    /// <summary>Raises an alarm of its memory: it takes no messages until <see cref="CalmAsync"/>.</summary>
    public Task AlarmAsync() => tell("alarm", "alarmed");

    /// <summary>Ends that alarm.</summary>
    public Task CalmAsync() => tell("calm", "calmed");

    /// <summary>Has channels that are opened from now on closed where a message is not acknowledged within ten seconds.</summary>
    public Task HurryAsync() => tell("impatient", "impatient");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Management.Dispose();
        await node.DisposeAsync();
    }
}
