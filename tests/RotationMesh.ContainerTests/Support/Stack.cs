using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Deployment;

namespace RotationMesh.ContainerTests.Support;

/// <summary>The stack of <c>compose/</c> as a project of its own on ports of its own; gone on dispose, volumes included.</summary>
internal sealed class Stack : IAsyncDisposable
{
    /// <summary>Longest start, and longest rotation that loses a container, on a machine that is busy.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, string?> environment;
    private NpgsqlDataSource? application;

    private Stack(string profiles, string map, int rows)
    {
        Project = $"rotationmesh-test-{Guid.NewGuid().ToString("N")[..8]}";
        environment = new()
        {
            ["COMPOSE_PROJECT_NAME"] = Project,
            ["COMPOSE_PROFILES"] = profiles,
            ["ROTATION_MAP"] = map,
            ["ROWS"] = $"{rows}",
            ["TENANTS"] = "20",
        };
        foreach (var server in (string[])["POSTGRES", "COORDINATOR", "PROMETHEUS", "GRAFANA"])
            environment[$"{server}_PORT"] = $"{FreePort()}";
    }

    /// <summary>Name of the project, with which its volumes begin.</summary>
    public string Project { get; }

    /// <summary>Starts everything; returns once a rotation can be asked for.</summary>
    public static async Task<Stack> UpAsync(int rows, string profiles = "", string map = "./rotation.yaml")
    {
        var stack = new Stack(profiles, map, rows);
        await stack.StartAsync();
        return stack;
    }

    /// <summary>Starts some services alone, with what they depend on.</summary>
    public static async Task<Stack> UpAloneAsync(string profiles, params string[] services)
    {
        var stack = new Stack(profiles, "./rotation.yaml", rows: 100);
        await stack.StartAsync(services);
        return stack;
    }

    /// <summary>Port of a server on 127.0.0.1, by its setting, such as <c>PROMETHEUS</c>.</summary>
    public int Port(string server) => int.Parse(environment[$"{server}_PORT"]!, CultureInfo.InvariantCulture);

    /// <summary>The program, which asks the coordinator.</summary>
    public Task<ProcessOutcome> AskAsync(params string[] arguments) => ComposeAsync(Program(arguments));

    /// <summary>The same, without waiting for its end.</summary>
    public async Task<ProcessRun> StartAskingAsync(params string[] arguments) =>
        (await CommandAsync(Program(arguments))).Start();

    /// <summary>Containers of a service, also those that do not run.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync(string service) =>
        Lines((await ComposeAsync("ps", "--all", "--quiet", service)).Exits(0).Output);

    /// <summary>All containers of the project.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync() =>
        Lines(
            await DockerCommand.RunAsync(
                "ps",
                "--all",
                "--quiet",
                "--filter",
                $"label=com.docker.compose.project={Project}"
            )
        );

    /// <summary>Waits until the health check of a container passes.</summary>
    public static Task IsHealthyAsync(string container) =>
        Eventually.Holds(
            async () => await DockerCommand.InspectAsync(container, "{{.State.Health.Status}}") == "healthy",
            TimeSpan.FromMinutes(1),
            $"{container} is healthy"
        );

    /// <summary>
    /// Waits until every health check passes, and what runs once has ended well. The collector, which has no check, never gets there.
    /// </summary>
    public async Task SettlesAsync()
    {
        foreach (var container in await ContainersAsync())
            await Eventually.Holds(
                () => IsSettledAsync(container),
                TimeSpan.FromMinutes(2),
                $"{container} is healthy, or has ended"
            );
    }

    /// <summary>Runs a statement in the application's database as a superuser, and returns the first value.</summary>
    public async Task<object?> SqlAsync(string sql)
    {
        application ??= NpgsqlDataSource.Create(await ConnectionStringAsync());
        await using var command = application.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Every file of a secret that the stack was given, one after the other.</summary>
    public async Task<string> SecretsAsync()
    {
        var volumes = Lines(
            await DockerCommand.RunAsync("volume", "ls", "--quiet", "--filter", $"name={Project}_secrets")
        );
        return await DockerCommand.RunAsync([
            "run",
            "--rm",
            "--network",
            "none",
            "--entrypoint",
            "find",
            .. volumes.SelectMany(volume => new[] { "--volume", $"{volume}:/secrets/{volume}:ro" }),
            ImageNames.Postgres,
            "/secrets",
            "-type",
            "f",
            "-exec",
            "cat",
            "{}",
            "+",
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
            await application.DisposeAsync();
        await ComposeAsync("down", "--volumes", "--remove-orphans", "--timeout", "5");
    }

    private async Task StartAsync(params string[] services)
    {
        var outcome = await ComposeAsync(["up", "--detach", .. services]);
        if (outcome.ExitCode == 0)
            return;
        var log = await ComposeAsync("logs", "--tail", "20");
        await DisposeAsync();
        Assert.Fail($"the stack did not start: {outcome}\n{log.Output}");
    }

    private static async Task<bool> IsSettledAsync(string container)
    {
        var state = await DockerCommand.InspectAsync(
            container,
            "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}} {{.State.ExitCode}}{{end}}"
        );
        if (state.StartsWith("exited", StringComparison.Ordinal) && state != "exited 0")
            Assert.Fail($"{state}: {await DockerCommand.TryAsync("logs", container)}");
        return state is "healthy" or "exited 0";
    }

    private static string[] Program(string[] arguments) => ["run", "--rm", "-T", "cli", .. arguments];

    private async Task<ProcessOutcome> ComposeAsync(params IReadOnlyList<string> arguments) =>
        await (await CommandAsync(arguments)).RunAsync(Deadline);

    private async Task<CommandLine> CommandAsync(IReadOnlyList<string> arguments) =>
        await DeploymentPrograms.ComposeAsync(arguments) with
        {
            Environment = environment,
        };

    private async Task<string> ConnectionStringAsync()
    {
        var server = (await ContainersAsync("postgres")).Single();
        return new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port("POSTGRES"),
            Username = "postgres",
            Password = await DockerCommand.RunAsync("exec", server, "cat", "/run/secrets/superuser"),
            Database = "app",
            CommandTimeout = 300,
            Pooling = false, // the server may be killed between two statements
        }.ConnectionString;
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
