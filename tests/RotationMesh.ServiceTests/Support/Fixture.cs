using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.MapFile;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Support;

/// <summary>
/// A sample that is encrypted at version 1, a virtual host of RabbitMQ, and coordinators and workers as processes that are
/// to bring it to version 2.
/// </summary>
internal sealed class Fixture : IAsyncDisposable
{
    /// <summary>Longest rotation of a sample on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    /// <summary>Longest run of the program.</summary>
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(10);

    private readonly List<ServiceRun> running = [];
    private readonly KeyRing ring = new(2, new Dictionary<int, string> { [1] = Keys.Old, [2] = Keys.New });

    private Fixture(TestDatabase database, TestBroker broker)
    {
        (Database, Broker) = (database, broker);
        Folder = Directory.CreateTempSubdirectory("rotationmesh-fixture-").FullName;
        File.WriteAllText(Path.Combine(Folder, "rotation.yaml"), SampleMap.Yaml("APP_DATABASE_URL"));
        Map = RotationMapReader.Read(Path.Combine(Folder, "rotation.yaml"), _ => database.ConnectionString);
        Control = new ControlDatabase(Map.ControlConnectionString);
        Rotations = new ControlRotations(Map, () => ring, Control);
    }

    public TestDatabase Database { get; }

    public TestBroker Broker { get; }

    /// <summary>Working folder of the services, with <c>rotation.yaml</c>.</summary>
    public string Folder { get; }

    public RotationMap Map { get; }

    public ControlDatabase Control { get; }

    public ControlRotations Rotations { get; }

    public static async Task<Fixture> LoadAsync(int rows, int tenants = 20)
    {
        var broker = await TestBroker.CreateAsync();
        var sample = new SampleOptions { Rows = rows, Tenants = tenants };
        var database = await TemplateDatabases.CopyAsync($"{sample}", filled => FillAsync(filled, sample));
        return new Fixture(database, broker);
    }

    private static async Task FillAsync(TestDatabase database, SampleOptions sample)
    {
        using var old = new KeyRing(1, new Dictionary<int, string> { [1] = Keys.Old });
        await new SampleLoader(database.DataSource, old, sample).LoadAsync(null, CancellationToken.None);
    }

    /// <summary>Starts a worker; the variables are added to what a right one has.</summary>
    public ServiceRun StartWorker(params IEnumerable<KeyValuePair<string, string?>> variables) =>
        Start(Artifacts.Worker, ["--concurrency", "1"], variables);

    public ServiceRun StartCoordinator(params IEnumerable<KeyValuePair<string, string?>> variables) =>
        Start(Artifacts.Coordinator, [], variables);

    /// <summary>A worker of that release.</summary>
    public ServiceRun StartWorker(Release release) => Start(release.Worker, ["--concurrency", "1"], []);

    /// <summary>A coordinator of that release.</summary>
    public ServiceRun StartCoordinator(Release release) => Start(release.Coordinator, [], []);

    /// <summary>A coordinator at a port that is known before it is started, and when it is started again.</summary>
    public ServiceRun StartCoordinatorAt(int port) => Start(Artifacts.Coordinator, [], [], port);

    /// <summary>The program <c>rotationmesh</c> where work is done by itself, with map, keys and database.</summary>
    public Task<ProcessOutcome> HereAsync(params string[] arguments) =>
        Command(Artifacts.RotationMesh, arguments, []).RunAsync(AnswerDeadline);

    /// <summary>The same on another database.</summary>
    public Task<ProcessOutcome> HereAsync(TestDatabase database, params string[] arguments) =>
        Command(
                Artifacts.RotationMesh,
                arguments,
                new Dictionary<string, string?> { ["APP_DATABASE_URL"] = database.ConnectionString }
            )
            .RunAsync(AnswerDeadline);

    /// <summary>Adds a section to the map of whatever is started from now on.</summary>
    public void AddToMap(string section) =>
        File.AppendAllText(Path.Combine(Folder, "rotation.yaml"), $"\n{section}\n");

    /// <summary>Returns when the first rows are rewritten.</summary>
    public Task WritesAsync() =>
        Eventually.Holds(async () => await AtVersionAsync(2) > 0, ServiceRun.Deadline, "rows are written");

    /// <summary>Makes each batch of entries take this long, so that a rotation is under way for as long as a test needs.</summary>
    public Task SlowDownAsync(TimeSpan batch) =>
        Database.ExecuteAsync(
            $"""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep({batch.TotalSeconds.ToString(
                System.Globalization.CultureInfo.InvariantCulture
            )}); RETURN NULL; END';
            CREATE TRIGGER take_time AFTER UPDATE ON knowledge_entries EXECUTE FUNCTION take_time();
            """
        );

    /// <summary>Undoes <see cref="SlowDownAsync"/>.</summary>
    public Task SpeedUpAsync() => Database.ExecuteAsync("DROP TRIGGER take_time ON knowledge_entries");

    /// <summary>A program with the variables of a right service, and others.</summary>
    public CommandLine Command(
        string program,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string?>> variables
    )
    {
        var environment = Keys.Variables(Keys.New);
        environment["APP_DATABASE_URL"] = Database.ConnectionString;
        environment["ROTATIONMESH_RABBITMQ"] = Broker.Address;
        foreach (var (name, value) in variables)
            environment[name] = value;
        return new CommandLine(program, arguments) { Environment = environment, Directory = Folder };
    }

    /// <summary>Asks for a rotation of everything, by way of the control database.</summary>
    public Task<Guid> RotateAsync() =>
        Rotations.StartAsync(new RotationOrder { RequestedBy = "test" }, CancellationToken.None);

    public Task<RotationDocument> NowAsync(Guid rotation) =>
        Rotations.FindAsync(rotation, CancellationToken.None);

    public async Task<RotationDocument> UntilAsync(
        Guid rotation,
        Func<RotationDocument, bool> condition,
        string what
    )
    {
        RotationDocument now = null!;
        await Eventually.Holds(async () => condition(now = await NowAsync(rotation)), Deadline, what);
        return now;
    }

    public Task<RotationDocument> EndAsync(Guid rotation) =>
        UntilAsync(rotation, now => now.EndedAt is not null, "the rotation ends");

    /// <summary>Partitions that a worker has done.</summary>
    public Task<long> DoneByAsync(ServiceRun worker) =>
        Database.ScalarAsync<long>(
            $"SELECT count(*) FROM rotationmesh.partitions WHERE worker = '{worker.Name}' AND state = 'done'"
        );

    /// <summary>Rows of the three tables that are at a version.</summary>
    public Task<long> AtVersionAsync(int version) =>
        Database.ScalarAsync<long>(
            $"""
            SELECT (SELECT count(*) FROM connectors WHERE encryption_key_version = {version})
                 + (SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = {version})
                 + (SELECT count(*) FROM knowledge_sources WHERE encryption_key_version = {version})
            """
        );

    public async ValueTask DisposeAsync()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            foreach (var service in running)
                await TestContext.Out.WriteLineAsync($"--- {service.Name}\n{service.Output}");
        foreach (var service in running)
            await service.DisposeAsync();
        ring.Dispose();
        await Control.DisposeAsync();
        await Database.DisposeAsync();
        await Broker.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private ServiceRun Start(
        string program,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string?>> variables,
        int port = 0
    )
    {
        var command = Command(program, [.. arguments, "--listen", $"http://127.0.0.1:{port}"], variables);
        var service = new ServiceRun(command.Start());
        running.Add(service);
        return service;
    }
}
