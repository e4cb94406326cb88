using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RotationMesh.Bus.Topology;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination;
using RotationMesh.Coordination.Composition;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Embedding;
using RotationMesh.MapFile;
using RotationMesh.Sample;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Benchmarks;

/// <summary>
/// The coordinator alone: partitions that are answered at once, from the ledger to the queue and back. Prints partitions
/// per second and memory as the ledger grows shorter; what it measures includes the answering consumer and its share of
/// the bus.
/// </summary>
internal static class SettlementBenchmark
{
    private const int PlannedAtOnce = 5000;

    public static async Task<int> RunAsync(int partitions)
    {
        var server =
            Environment.GetEnvironmentVariable("ROTATIONMESH_POSTGRES")
            ?? throw new InvalidOperationException("ROTATIONMESH_POSTGRES is not set: run `make bench`");
        var database = new BenchDatabase(server);
        await database.CreateAsync();
        try
        {
            await MeasureAsync(database.ConnectionString, partitions);
            return 0;
        }
        finally
        {
            await database.DropAsync();
        }
    }

    private static async Task MeasureAsync(string connectionString, int partitions)
    {
        var map = ReadMap(connectionString);
        using var ring = new KeyRing(
            1,
            [KeyValuePair.Create(1, RandomNumberGenerator.GetHexString(64, lowercase: true))]
        );
        await using var databases = new ApplicationDatabases(map);
        using var formats = new EnvelopeFormats(map);
        await using var control = new ControlDatabase(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = true }.ConnectionString
        );
        await control.MigrateAsync(CancellationToken.None);
        var sweep = new SweepKey(await BeginAsync(control, map, ring), 1, SweepPhase.Rotate);
        var planning = Stopwatch.StartNew();
        await PlanAsync(control, sweep, partitions);
        Print($"planned {partitions:N0} partitions in {planning.Elapsed.TotalSeconds:0.0} s");

        var services = new ServiceCollection();
        new MeshParts(map, ring, databases, new SchemaCheck(databases, formats), control).AddTo(services);
        services.AddMassTransit(bus =>
        {
            if (Environment.GetEnvironmentVariable("ROTATIONMESH_RABBITMQ") is { Length: > 0 } address)
                bus.UseRabbitMq(new BrokerSource(() => BrokerAddress.Parse(address)));
            else
                bus.UseInMemory();
            bus.AddCoordinator(new CoordinatorOptions(), new LedgerRules());
            bus.AddConsumer<AnswerAtOnce>()
                .Endpoint(endpoint =>
                {
                    endpoint.Name = "rotationmesh-rotate-partition";
                    endpoint.PrefetchCount = 128;
                });
        });
        await using var host = await MeshHost.StartAsync(services, CancellationToken.None);
        await FollowAsync(control, sweep, partitions);
        await using var size = control.Source.CreateCommand(
            "SELECT pg_total_relation_size('rotationmesh.partitions') >> 20"
        );
        Print($"{(long)(await size.ExecuteScalarAsync())!} MB of ledger");
    }

    private static async Task FollowAsync(ControlDatabase control, SweepKey sweep, int partitions)
    {
        var clock = Stopwatch.StartNew();
        var ledger = new LedgerSummary(control);
        var told = 0L;
        using var process = Process.GetCurrentProcess();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await timer.WaitForNextTickAsync())
        {
            var now = (await ledger.ReadAsync(sweep.RotationId, CancellationToken.None)).Single();
            if (now.Done < told + (partitions / 10) && now.Open > 0)
                continue;
            told = now.Done;
            process.Refresh();
            Print(
                $"{now.Done:N0} settled, {now.Done / clock.Elapsed.TotalSeconds:N0}/s, {process.WorkingSet64 >> 20} MB resident, {GC.GetTotalMemory(false) >> 20} MB of objects, {process.TotalProcessorTime.TotalSeconds:0} s of processor"
            );
            if (now.Open == 0)
                return;
        }
    }

    private static async Task<Guid> BeginAsync(ControlDatabase control, RotationMap map, KeyRing ring)
    {
        var id = Guid.CreateVersion7();
        await using var command = control.Source.CreateCommand(
            """
            INSERT INTO rotationmesh.rotations (correlation_id, state, target_version, target_fingerprint, map_hash,
                                                scopes, requested_by, embedded, sweep)
            VALUES (@id, 'Rotating', 1, @fingerprint, @hash, '{knowledge}', 'bench', false, 1)
            """
        );
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("fingerprint", ring.Keys.Single().Fingerprint);
        command.Parameters.AddWithValue("hash", MapHash.Of(map));
        await command.ExecuteNonQueryAsync();
        var rotations = new RunningRotations(control);
        var begun = (await rotations.FindAsync(id, CancellationToken.None))!;
        await rotations.SealAsync(begun, RotationSeals.SealOf(ring, begun), CancellationToken.None);
        return id;
    }

    private static async Task PlanAsync(ControlDatabase control, SweepKey sweep, int partitions)
    {
        await using var held =
            await new RotationGuard(control).TryHoldAsync("plan", sweep.RotationId, CancellationToken.None)
            ?? throw new InvalidOperationException("somebody else plans");
        var plan = new PartitionPlan(control, held);
        var table = new TableName("knowledge", "app", "knowledge_entries");
        var target = await plan.BeginTableAsync(sweep, table, 0, CancellationToken.None);
        foreach (var chunk in Enumerable.Range(0, partitions).Chunk(PlannedAtOnce))
            await target.AddAsync([.. chunk.Select(Range)], CancellationToken.None);
        await plan.FinishPlanningAsync(sweep, CancellationToken.None);
    }

    private static PartitionRange Range(int number) =>
        new()
        {
            Scope = "knowledge",
            Database = "app",
            Table = "knowledge_entries",
            Leaf = SqlName.Parse("public.knowledge_entries"),
            Pages = new PageRange((uint)number * 100, ((uint)number + 1) * 100),
            ExpectedRows = 10_000,
        };

    private static RotationMap ReadMap(string connectionString)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, SampleMap.Yaml("APP_DATABASE_URL"));
            return RotationMapReader.Read(file, _ => connectionString);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Print(FormattableString line) =>
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A worker that has nothing to do.</summary>
    private sealed class AnswerAtOnce : IConsumer<RotatePartition>
    {
        private static readonly Uri Queue = new("exchange:rotationmesh-partition-rotated");

        public async Task Consume(ConsumeContext<RotatePartition> context)
        {
            var command = context.Message;
            var result = new PartitionRotated(
                command.RotationId,
                command.Partition.PartitionId,
                command.Partition.Attempt,
                command.Partition.Dispatch,
                "bench",
                new RowCounts { Rotated = 10_000 },
                IsOver: true
            );
            await (await context.GetSendEndpoint(Queue)).Send(result);
        }
    }
}
