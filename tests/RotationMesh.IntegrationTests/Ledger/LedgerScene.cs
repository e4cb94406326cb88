using Dapper;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Control;
using RotationMesh.Tables.Ranges;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>A control database with one rotation, and the ledger's parts on it.</summary>
public sealed class LedgerScene : IAsyncDisposable
{
    public const string Worker = "worker-1";

    private readonly TestDatabase database;
    private readonly ControlDatabase control;

    private LedgerScene(TestDatabase database, ControlDatabase control, LedgerRules rules)
    {
        this.database = database;
        this.control = control;
        Settlement = new PartitionSettlement(control, rules);
        Reclaim = new PartitionReclaim(control, rules);
        Refusals = new Refusals(control);
        Locks = new RotationLocks(control);
        Deadlines = new WriteDeadlines(control);
        Leases = new PartitionLeases(control);
        Rules = rules;
    }

    public ControlDatabase Control => control;
    public NpgsqlDataSource Source => control.Source;
    public Guid RotationId { get; private set; }
    public SweepKey Sweep => new(RotationId, 1, SweepPhase.Rotate);
    public LedgerRules Rules { get; }

    /// <summary>The guard of the scene's planner.</summary>
    public HeldWork Held { get; private set; } = null!;

    public PartitionPlan Plan { get; private set; } = null!;
    public PartitionSettlement Settlement { get; }
    public PartitionReclaim Reclaim { get; }
    public Refusals Refusals { get; }
    public RotationLocks Locks { get; }
    public WriteDeadlines Deadlines { get; }
    public PartitionLeases Leases { get; }

    public static TableName Table(string database = "app", string scope = "knowledge") =>
        new(scope, database, "entries");

    public static DispatchWindow Window(int perRotation = 1000, int perDatabase = 1000) =>
        new() { PerRotation = perRotation, PerDatabase = perDatabase };

    public static PartitionRange[] Ranges(TableName table, int count) =>
        [.. Enumerable.Range(0, count).Select(number => Range(table, number))];

    /// <summary>A worker's heartbeat: it is at the partition.</summary>
    public Task BeginAsync(TakenPartition taken) =>
        Settlement.SettleAsync([PartitionResult.Alive(taken.Key, Worker)], CancellationToken.None);

    public static async Task<LedgerScene> CreateAsync(LedgerRules? rules = null)
    {
        var database = await MigratedDatabase.CreateAsync();
        var control = new ControlDatabase(database.ConnectionString);
        var scene = new LedgerScene(
            database,
            control,
            // No waiting between tries, so that nothing in a test has to.
            rules
                ?? new LedgerRules
                {
                    FirstDelay = TimeSpan.Zero,
                    MaxFailures = 3,
                    MaxExpiries = 2,
                }
        );
        scene.RotationId = await scene.BeginRotationAsync();
        scene.Held = await scene.HoldAsync("plan");
        scene.Plan = new PartitionPlan(control, scene.Held);
        return scene;
    }

    /// <summary>Holds work on the scene's rotation.</summary>
    public async Task<HeldWork> HoldAsync(string work) =>
        await new RotationGuard(control).TryHoldAsync(work, RotationId, CancellationToken.None)
        ?? throw new InvalidOperationException($"somebody else is at '{work}'");

    public async Task<Guid> BeginRotationAsync()
    {
        var id = Guid.NewGuid();
        await ExecuteAsync(
            """
            INSERT INTO rotationmesh.rotations
                (correlation_id, state, target_version, target_fingerprint, map_hash, scopes)
            VALUES (@id, 'Rotating', 2, repeat('a', 16), repeat('b', 64), '{knowledge}')
            """,
            id
        );
        return id;
    }

    public Task EndRotationAsync(Guid id) =>
        ExecuteAsync("UPDATE rotationmesh.rotations SET state = 'Completed' WHERE correlation_id = @id", id);

    private async Task ExecuteAsync(string sql, Guid id)
    {
        await using var connection = await control.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { id });
    }

    /// <summary>Plans a sweep of one table to its end.</summary>
    public async Task PlanAsync(int partitions)
    {
        await PlanTableAsync(Table(), partitions);
        await FinishPlanningAsync(Sweep);
    }

    public Task FinishPlanningAsync(SweepKey sweep) =>
        Plan.FinishPlanningAsync(sweep, CancellationToken.None);

    /// <summary>Ends the session of the scene's guard, as a failover does.</summary>
    public Task LoseGuardAsync() => ScalarAsync<bool>($"SELECT pg_terminate_backend({Held.Session}, 60000)");

    public async Task<long> PlanTableAsync(TableName table, int partitions, short priority = 0)
    {
        var plan = await Plan.BeginTableAsync(Sweep, table, priority, CancellationToken.None);
        return await plan.AddAsync(Ranges(table, partitions), CancellationToken.None);
    }

    /// <summary>A coordinator's dispatch of its own.</summary>
    public PartitionDispatch Dispatch(TimeProvider? time = null) =>
        new(control, Rules, time ?? TimeProvider.System);

    public Task<IReadOnlyList<TakenPartition>> TakeAsync(DispatchWindow? window = null) =>
        Dispatch()
            .TakeAsync([RotationId], window ?? Window(), _ => Task.CompletedTask, CancellationToken.None);

    public Task SettleAsync(params PartitionResult[] results) =>
        Settlement.SettleAsync(results, CancellationToken.None);

    /// <summary>The summary of the first sweep.</summary>
    public async Task<SweepSummary> SummaryAsync(Guid? rotationId = null)
    {
        var sweeps = await new LedgerSummary(control).ReadAsync(
            rotationId ?? RotationId,
            CancellationToken.None
        );
        Assert.That(sweeps, Is.Not.Empty);
        return sweeps[0];
    }

    public Task<int> ExecuteAsync(string sql) => database.ExecuteAsync(sql);

    public Task<T?> ScalarAsync<T>(string sql) => database.ScalarAsync<T>(sql);

    /// <summary>The state of a partition, as the ledger has it.</summary>
    public Task<string?> StateAsync(TakenPartition partition) => StateAsync(partition.PartitionId);

    public Task<string?> StateAsync(long partition) =>
        ScalarAsync<string>($"SELECT state FROM rotationmesh.partitions WHERE partition_id = {partition}");

    /// <summary>Lets the leases of all partitions run out that are with a worker.</summary>
    public Task<int> ExpireAsync() =>
        ExecuteAsync(
            "UPDATE rotationmesh.partitions SET lease_until = now() - interval '1 second' WHERE state = 'dispatched'"
        );

    public async ValueTask DisposeAsync()
    {
        await Held.DisposeAsync();
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    private static PartitionRange Range(TableName table, int number) =>
        new()
        {
            Scope = table.Scope,
            Database = table.Database,
            Table = table.Table,
            Leaf = SqlName.Parse("public.entries"),
            Pages = new PageRange((uint)number * 10, ((uint)number * 10) + 10),
            ExpectedRows = 100,
        };
}
