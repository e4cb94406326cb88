using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace RotationMesh.TestKit.Redis;

/// <summary>A process of the application: <c>Application/application.js</c> with a real BullMQ.</summary>
public sealed class BullMqApplication : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(
        RepositoryRoot.Path,
        "tests/RotationMesh.GateTests/Application/application.js"
    );

    private static readonly string Modules = Path.Combine(
        RepositoryRoot.Path,
        "artifacts/test-application/node_modules"
    );

    private readonly Process process;
    private readonly Task reading;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> asked = new();
    private readonly ConcurrentQueue<string> started = new();
    private readonly ConcurrentQueue<string> ended = new();
    private readonly SemaphoreSlim writing = new(1);
    private int number;

    private BullMqApplication(Process process)
    {
        this.process = process;
        reading = Task.Run(ReadAsync);
    }

    /// <summary>Names of the jobs that this process has begun, in that order.</summary>
    public IReadOnlyList<string> Started => [.. started];

    /// <summary>Names of the jobs that this process has ended, in that order.</summary>
    public IReadOnlyList<string> Ended => [.. ended];

    /// <summary>Starts a process with that version of BullMQ on the Redis server of the URL.</summary>
    public static BullMqApplication Start(string version, string redis, string prefix, bool cluster = false)
    {
        var library = Path.Combine(Modules, $"bullmq-{version}");
        if (!Directory.Exists(library))
            throw Missing.Tell(
                "no BullMQ for the tests: install node, then run tests/RotationMesh.GateTests/Application/install.sh"
            );
        string[] arguments = [Script, library, prefix, .. cluster ? new[] { "cluster" } : []];
        var start = new ProcessStartInfo("node", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["REDIS_URL"] = redis;
        return new BullMqApplication(Process.Start(start)!);
    }

    /// <summary>Creates a queue.</summary>
    public Task CreateAsync(string queue) => SendAsync("create", new() { ["name"] = queue });

    /// <summary>Adds jobs to a queue, in that order.</summary>
    public Task AddAsync(string queue, params Job[] jobs) =>
        SendAsync("add", new() { ["name"] = queue, ["jobs"] = jobs.Select(job => job.ToJson()) });

    /// <summary>Adds so many jobs, one by one; each runs for so many milliseconds.</summary>
    public Task LoadAsync(string queue, int count, int ms) =>
        SendAsync(
            "load",
            new()
            {
                ["name"] = queue,
                ["count"] = count,
                ["ms"] = ms,
            }
        );

    /// <summary>Begins to work on a queue; a job's lock lasts for so many milliseconds, 30,000 by default.</summary>
    public Task WorkAsync(string queue, int concurrency = 1, int? lockDuration = null) =>
        SendAsync(
            "work",
            new()
            {
                ["name"] = queue,
                ["concurrency"] = concurrency,
                ["lockDuration"] = lockDuration,
            }
        );

    /// <summary>BullMQ's own pause.</summary>
    public Task PauseAsync(string queue) => SendAsync("pause", new() { ["name"] = queue });

    /// <summary>BullMQ's own resume.</summary>
    public Task ResumeAsync(string queue) => SendAsync("resume", new() { ["name"] = queue });

    /// <summary>Jobs of a queue by state.</summary>
    public async Task<Dictionary<string, int>> CountsAsync(string queue) =>
        (await SendAsync("counts", new() { ["name"] = queue })).Deserialize<Dictionary<string, int>>()!;

    /// <summary>Ends the process as a crash does: what it ran is left behind.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
        writing.Dispose();
    }

    private async Task<JsonElement> SendAsync(string verb, Dictionary<string, object?> command)
    {
        command["verb"] = verb;
        var mine = Interlocked.Increment(ref number);
        command["number"] = mine;
        var answer = asked[mine] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await writing.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        }
        finally
        {
            writing.Release();
        }

        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private async Task ReadAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonDocument.Parse(line).RootElement;
            if (said.TryGetProperty("started", out var begun))
                started.Enqueue(begun.GetString()!);
            else if (said.TryGetProperty("ended", out var done))
                ended.Enqueue(done.GetString()!);
            else if (said.TryGetProperty("error", out var error))
                asked[said.GetProperty("number").GetInt32()]
                    .SetException(new InvalidOperationException(error.GetString()));
            else
                asked[said.GetProperty("number").GetInt32()].SetResult(said.GetProperty("result"));
        }
    }
}

/// <summary>A job of BullMQ; times in milliseconds.</summary>
public sealed record Job(string Name, int Ms = 0, int? Delay = null, int? Priority = null)
{
    internal object ToJson()
    {
        var options = new Dictionary<string, int>();
        if (Delay is { } delay)
            options["delay"] = delay;
        if (Priority is { } priority)
            options["priority"] = priority;
        return new
        {
            name = Name,
            data = new { ms = Ms },
            opts = options,
        };
    }
}
