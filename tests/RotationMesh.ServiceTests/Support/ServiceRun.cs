using System.Globalization;
using System.Text.Json;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Support;

/// <summary>A coordinator or a worker that runs as a process. Disposing kills it if it still does.</summary>
internal sealed class ServiceRun(ProcessRun process) : IAsyncDisposable
{
    /// <summary>Longest start or stop, on a machine that is busy with other tests.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Longest answer: that of a whole rotation.</summary>
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(10);

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>The name that a worker has in results.</summary>
    public string Name => $"{Environment.MachineName}/{process.Id}";

    public string Output => process.OutputSoFar + process.ErrorSoFar;

    /// <summary>Whole lines that it has logged.</summary>
    public IReadOnlyList<JsonElement> Log =>
        [
            .. process
                .OutputSoFar.Split('\n')[..^1]
                .Where(line => line.StartsWith('{'))
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];

    /// <summary>Folders and files that it has the system watch; Linux alone tells.</summary>
    public int Watched =>
        Directory
            .EnumerateFiles($"/proc/{process.Id}/fdinfo")
            .SelectMany(File.ReadLines)
            .Count(line => line.StartsWith("inotify ", StringComparison.Ordinal));

    /// <summary>Megabytes of it that are in memory, mapped files among them; Linux alone tells.</summary>
    public double Resident
    {
        get
        {
            var resident = File.ReadLines($"/proc/{process.Id}/status")
                .Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(resident.Split()[^2], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    /// <summary>Waits until it takes part in the mesh.</summary>
    public Task<ServiceRun> JoinedAsync() => JoinedAsync(Deadline);

    /// <inheritdoc cref="JoinedAsync()"/>
    public async Task<ServiceRun> JoinedAsync(TimeSpan deadline)
    {
        await Eventually.Holds(
            () => Task.FromResult(process.HasEnded || Output.Contains("Joined the mesh")),
            deadline,
            "it joins the mesh"
        );
        Assert.That(process.HasEnded, Is.False, Output);
        return this;
    }

    /// <summary>Status code of <c>/health/live</c> or <c>/health/ready</c>.</summary>
    public async Task<int> HealthAsync(string question)
    {
        using var response = await Client.GetAsync(new Uri(await AddressAsync(), $"/health/{question}"));
        return (int)response.StatusCode;
    }

    /// <summary>Asks it as a container's health check does: <c>rotationmesh-worker --health</c>.</summary>
    public async Task<ProcessOutcome> AskHealthAsync() =>
        await new CommandLine(Artifacts.Worker, ["--health", "--listen", $"{await AddressAsync()}"])
        {
            Directory = Path.GetTempPath(),
        }.RunAsync(Deadline);

    /// <summary>Waits until it says that it is not ready, and this of the reason.</summary>
    public Task IsUnreadyAsync(string reason) =>
        Eventually.Holds(
            async () => await ReadinessAsync() is (false, var answer) && answer.Contains(reason),
            Deadline,
            $"it is not ready, for {reason}"
        );

    /// <summary>Waits until it is ready.</summary>
    public Task IsReadyAsync(TimeSpan deadline) =>
        Eventually.Holds(async () => await ReadinessAsync() is (true, _), deadline, "it is ready");

    /// <summary>Lines of its log that say this.</summary>
    public int Says(string text) => Output.Split('\n').Count(line => line.Contains(text));

    /// <summary>The program <c>rotationmesh</c>, which asks this coordinator; it has neither map nor keys of its own.</summary>
    public async Task<ProcessOutcome> AskAsync(params string[] arguments) =>
        await (await AskCommandAsync(arguments)).RunAsync(AnswerDeadline);

    /// <inheritdoc cref="AskAsync"/>
    public async Task<CommandLine> AskCommandAsync(params string[] arguments) =>
        new(Artifacts.RotationMesh, ["--server", $"{await AddressAsync()}", .. arguments])
        {
            Directory = Path.GetTempPath(),
        };

    public void Kill() => process.Kill();

    /// <summary>SIGSTOP (Linux): it does nothing more, and its connections stay open.</summary>
    public void Freeze() => process.Freeze();

    /// <summary>SIGCONT (Linux): it goes on where it was.</summary>
    public void Thaw() => process.Thaw();

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> StopAsync()
    {
        process.Terminate();
        return (await process.EndAsync(AnswerDeadline)).ExitCode;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    // A machine that is busy may be slow to answer, and is asked again.
    private async Task<(bool IsReady, string Answer)> ReadinessAsync()
    {
        try
        {
            using var response = await Client.GetAsync(new Uri(await AddressAsync(), "/health/ready"));
            return (response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (TaskCanceledException)
        {
            return (false, "");
        }
    }

    /// <summary>Where it answers; it was told to take a free port, and logs which one.</summary>
    public async Task<Uri> AddressAsync()
    {
        string? found = null;
        await Eventually.Holds(
            () =>
            {
                found = Log.Select(line => line.TryGetProperty("address", out var at) ? at.GetString() : null)
                    .FirstOrDefault(at => at is not null);
                return Task.FromResult(found is not null || process.HasEnded);
            },
            Deadline,
            "it tells where it listens"
        );
        return new Uri(found ?? throw new InvalidOperationException(Output));
    }
}
