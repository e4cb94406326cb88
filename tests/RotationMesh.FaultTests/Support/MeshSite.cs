using System.Diagnostics;
using Npgsql;
using NUnit.Framework;
using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Processes;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.FaultTests.Support;

/// <summary>
/// A coordinator and workers as processes, on a virtual host and a database of their own, and the one rotation that they
/// run from version 1 to 2.
/// </summary>
internal sealed class MeshSite : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly string folder = Directory.CreateTempSubdirectory("rotationmesh-mesh-").FullName;
    private readonly RabbitMqServer broker;
    private readonly Dictionary<string, string?> variables;
    private readonly Stopwatch clock = new();
    private readonly Stopwatch started = new();
    private Standstill? standstill;

    private MeshSite(TestDatabase database, RabbitMqServer broker, string virtualHost)
    {
        (Database, this.broker, VirtualHost) = (database, broker, virtualHost);
        Records = new SiteRecords(database);
        variables = SampleOf.Keys(2);
        variables["APP_DATABASE_URL"] = database.ConnectionString;
        variables["ROTATIONMESH_RABBITMQ"] = broker.Url(virtualHost);
    }

    public TestDatabase Database { get; }

    private SiteRecords Records { get; }

    public string VirtualHost { get; }

    public Member Coordinator { get; private set; } = null!;

    /// <summary>A second one, where there is one.</summary>
    public Member? OtherCoordinator { get; private set; }

    public List<Member> Workers { get; } = [];

    /// <summary>Rows that are to be rotated.</summary>
    public long Rows { get; private set; }

    /// <summary>
    /// Starts the processes over a copy of the sample. <paramref name="pace"/>: what the database adds to each batch, so
    /// that the rotation is under way for long enough to be disturbed.
    /// </summary>
    public static Task<MeshSite> StartAsync(TimeSpan pace, int workers = 4) =>
        StartAsync(Servers.CopyAsync(), pace, workers);

    public static async Task<MeshSite> StartAsync(Task<TestDatabase> sample, TimeSpan pace, int workers = 4)
    {
        var broker = await Servers.RabbitMqAsync();
        var site = new MeshSite(await sample, broker, await broker.Management.AddVirtualHostAsync());
        try
        {
            await site.PrepareAsync(pace);
            site.started.Start();
            site.Coordinator = site.Start("coordinator", Artifacts.Coordinator);
            for (var i = 1; i <= workers; i++)
                site.Workers.Add(site.Start($"worker {i}", Artifacts.Worker, "--concurrency", "1"));
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a second coordinator, which takes its share.</summary>
    public void AddCoordinator() => OtherCoordinator = Start("other coordinator", Artifacts.Coordinator);

    /// <summary>Asks for the rotation, as an operator does; returns when the first rows are rotated.</summary>
    public async Task RotateAsync(int batchSize = 100)
    {
        await AskAsync(new RotationOrder { BatchSize = batchSize, RequestedBy = "test" });
        clock.Start();
        await UntilAsync(async () => await RotatedAsync() > 0, Deadline, "the first rows are rotated");
        standstill = new Standstill(() => TryAsync(RotatedAsync, -1), Rows, started.Elapsed);
    }

    /// <summary>Asks for the way back to version 1, and waits for its end.</summary>
    public async Task UndoAsync()
    {
        await AskAsync(
            new RotationOrder
            {
                TargetVersion = 1,
                AllowDowngrade = true,
                RequestedBy = "test",
            }
        );
        await UntilAsync(IsOverAsync, Deadline, "the way back is over");
        Assert.That(
            (await Records.StateAsync(), await RotatedAsync()),
            Is.EqualTo(("Completed", 0L)),
            Logs()
        );
    }

    private async Task AskAsync(RotationOrder order)
    {
        var map = RotationMapReader.Read(MapFile, variables.GetValueOrDefault);
        using var ring = KeyRingReader.Read(variables.GetValueOrDefault);
        await using var control = new ControlDatabase(map.ControlConnectionString);
        Records.Rotation = await new ControlRotations(map, () => ring, control).StartAsync(
            order,
            CancellationToken.None
        );
    }

    public Task<bool> IsOverAsync() =>
        TryAsync(
            async () =>
                await Records.StateAsync()
                    is not ("" or "Checking" or "AwaitingGates" or "Planning" or "Rotating" or "Verifying"),
            false
        );

    /// <summary>
    /// Waits for the end, which no operator helps to reach, and fails unless every row is rotated, counted once, and
    /// decrypts.
    /// </summary>
    public async Task CompletesAsync()
    {
        await UntilAsync(IsOverAsync, Deadline, "the rotation is over");
        var watched = standstill!;
        var ending = watched.SinceTheLast;
        standstill = null;
        await watched.DisposeAsync();
        TestContext.Out.WriteLine(
            $"{Rows} rows in {clock.Elapsed.TotalSeconds:0.0} s, standing still for {watched.Longest.TotalSeconds:0.0} of {watched.Bound.TotalSeconds:0} s at most; ended {ending.TotalSeconds:0.0} s after the last"
        );
        var state = await Records.StateAsync();
        var left = await Records.CountAsync("WHERE encryption_key_version <> 2");
        var verified = await VerifyAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(state, Is.EqualTo("Completed"), Logs());
            Assert.That(left, Is.Zero, "rows left behind");
            Assert.That(await Records.CountAsync(), Is.EqualTo(Rows), "rows lost or added");
            Assert.That(await Records.TotalAsync("Rotated"), Is.EqualTo(Rows), "rows counted as rotated");
            Assert.That(await Records.TotalAsync("Failed") + await Records.TotalAsync("Pending"), Is.Zero);
            Assert.That(verified.ExitCode, Is.Zero, verified.ToString());
            Assert.That(watched.Longest, Is.LessThan(watched.Bound), "time to go on after a fault");
            Assert.That(ending, Is.LessThan(watched.Ending), "time from the last row to the end");
        }
    }

    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        var watch = Stopwatch.StartNew();
        var pause = new PollPause(TimeSpan.FromMilliseconds(50));
        while (!await TryAsync(condition, false))
        {
            if (watch.Elapsed > deadline)
                Assert.Fail(
                    $"not within {deadline.TotalSeconds:0} s: {what}; {await TryAsync(Records.DescribeAsync, "")}\n{Logs()}"
                );
            await pause.WaitAsync();
        }
    }

    /// <summary>Rows that have the new version.</summary>
    public Task<long> RotatedAsync() => Records.CountAsync("WHERE encryption_key_version = 2");

    public async ValueTask DisposeAsync()
    {
        if (standstill is not null)
            await standstill.DisposeAsync();
        foreach (var worker in Workers)
            await worker.DisposeAsync();
        if (Coordinator is not null)
            await Coordinator.DisposeAsync();
        if (OtherCoordinator is not null)
            await OtherCoordinator.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string MapFile => Path.Combine(folder, "rotation.yaml");

    private string Logs() =>
        string.Join(Environment.NewLine, Workers.Prepend(Coordinator).Select(member => member.Logs()));

    private async Task PrepareAsync(TimeSpan pace)
    {
        var map = await Command(Artifacts.RotationMesh, "sample", "map").RunAsync(Deadline);
        await File.WriteAllTextAsync(MapFile, map.Output);
        Rows = await Records.CountAsync();
        if (pace > TimeSpan.Zero)
            await Database.ExecuteAsync(
                $"""
                CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_sleep({pace.TotalSeconds.ToString(
                    System.Globalization.CultureInfo.InvariantCulture
                )}); RETURN NULL; END';
                CREATE TRIGGER take_time AFTER UPDATE ON knowledge_entries EXECUTE FUNCTION take_time();
                """
            );
    }

    private Member Start(string name, string program, params string[] arguments) =>
        new(name, Command(program, [.. arguments, "--listen", "http://127.0.0.1:0"]));

    private CommandLine Command(string program, params string[] arguments) =>
        new(program, arguments) { Environment = variables, Directory = folder };

    private async Task<ProcessOutcome> VerifyAsync() =>
        await Command(Artifacts.RotationMesh, "verify").RunAsync(Deadline);

    // While the server is away there is nothing to be seen.
    private static async Task<T> TryAsync<T>(Func<Task<T>> look, T otherwise)
    {
        try
        {
            return await look();
        }
        catch (NpgsqlException)
        {
            return otherwise;
        }
    }
}
