using System.Collections.Concurrent;
using MassTransit;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenAPartitionKillsItsWorkers
{
    private const int Lives = 2;

    private static readonly LedgerRules Impatient = new()
    {
        StallTimeout = TimeSpan.FromMilliseconds(500),
        Lease = TimeSpan.FromSeconds(2),
        MaxExpiries = Lives,
        WriteTime = TimeSpan.FromSeconds(5),
    };

    [Test]
    public async Task The_last_one_is_given_up_with_the_reason_and_a_retry_takes_it_up_again()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1000, Tenants = 4 });
        var connectors = await world.Database.ScalarAsync<long>("SELECT count(*) FROM connectors");
        await world.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
            CREATE TRIGGER refuse BEFORE UPDATE ON connectors FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        );
        var poison = new Poison();
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions { Heartbeat = TimeSpan.FromMilliseconds(200) },
            rules: Impatient,
            configure: bus =>
                bus.AddConfigureEndpointsCallback(
                    (_, _, endpoint) =>
                    {
                        endpoint.UseFilter(poison);
                        endpoint.ConfigureSend(sent => sent.UseFilter(poison));
                    }
                )
        );

        await mesh.UntilAsync("CompletedWithFailures");
        var ended = await mesh.NowAsync();
        var sweeps = await mesh.LedgerAsync();
        var left = await world.AtVersionAsync(1);
        var failed = await world.TotalAsync("Failed");
        poison.Cure();
        await world.Database.ExecuteAsync("DROP TRIGGER refuse ON connectors");
        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended!.Reason, Does.Contain("given up").And.Contain("connectors"));
            Assert.That(
                sweeps.Where(sweep => sweep.Key.Phase == SweepPhase.Rotate).Sum(sweep => sweep.Failed),
                Is.EqualTo(1),
                "no further sweep takes it up"
            );
            Assert.That(poison.Deaths, Is.InRange(Lives + 1, Lives + 5));
            Assert.That(left, Is.EqualTo(connectors), "everything else is rotated");
            Assert.That(failed, Is.EqualTo(connectors));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That((await mesh.NowAsync())!.Reason, Is.Null);
        }
    }

    /// <summary>Whoever works on the connectors says that it has begun, and then nothing any more.</summary>
    private sealed class Poison : IFilter<ConsumeContext>, IFilter<SendContext>
    {
        private readonly ConcurrentDictionary<long, bool> partitions = new();
        private volatile bool cured;
        private int deaths;

        public int Deaths => deaths;

        public void Cure() => cured = true;

        public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            if (
                context.TryGetMessage<RotatePartition>(out var command)
                && command.Message.Partition.Table == "connectors"
            )
                partitions[command.Message.Partition.PartitionId] = true;
            return next.Send(context);
        }

        public Task Send(SendContext context, IPipe<SendContext> next)
        {
            var dies =
                !cured
                && context switch
                {
                    SendContext<RowsFailed> rows => rows.Message.Table == "connectors",
                    SendContext<PartitionFailed> result => partitions.ContainsKey(result.Message.PartitionId),
                    SendContext<PartitionRotated> result => partitions.ContainsKey(
                        result.Message.PartitionId
                    ),
                    _ => false,
                };
            if (!dies)
                return next.Send(context);
            if (context is SendContext<PartitionFailed>)
                Interlocked.Increment(ref deaths);
            throw new InvalidOperationException("the worker is dead");
        }

        public void Probe(ProbeContext context) { }
    }
}
