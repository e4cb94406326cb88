using MassTransit;
using NUnit.Framework;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

/// <summary>What ends a rotation is written under its guard; a message only says where to look.</summary>
[TestFixture]
internal sealed class WhenTheVerdictIsForged
{
    [Test]
    public async Task Messages_that_say_it_is_over_end_nothing_while_rows_are_left()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var mesh = await RunningMesh.StartAsync(world, worker: null); // nobody does its partitions
        await mesh.UntilAsync("Rotating");

        for (var i = 0; i < 3; i++)
        {
            await mesh.PublishAsync(new SweepSettled(mesh.Id, 1));
            await mesh.PublishAsync(new RowsCounted(mesh.Id));
            await mesh.PublishAsync(new VerificationSettled(mesh.Id, 1));
            await mesh.PublishAsync(new RotationConcluded(mesh.Id));
        }

        await mesh.PublishAsync(new RotationStalled(mesh.Id, "all were heard"));
        await mesh.UntilAsync(now => now.Reason == "all were heard", "the last message is handled");
        Assert.That((await mesh.NowAsync())!.State, Is.EqualTo("Rotating"));
        Assert.That(await world.AtVersionAsync(2), Is.Zero);
    }

    [Test]
    public async Task A_cancelled_rotation_is_not_concluded_by_a_message()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "ann"));
        await mesh.UntilAsync("Cancelled");

        await mesh.PublishAsync(new RotationConcluded(mesh.Id));

        // Its totals come from the ledger once nothing is with workers any more.
        await mesh.UntilAsync(now => now.Concluded, "the totals are written");
        Assert.That(await world.TotalAsync("Pending"), Is.GreaterThan(0));
    }
}

/// <summary>A worker is trusted with rows and not with the verdict.</summary>
[TestFixture]
internal sealed class WhenNoWorkerSaysThatRowsDoNotDecrypt
{
    [Test]
    public async Task The_coordinators_own_sample_keeps_the_rotation_from_being_complete()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using (var honest = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 }))
            await honest.UntilAsync("Completed");
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = overlay(content placing 'AAAAAAAA' from 40)
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT 100) -- fewer than look like a wrong key
            """
        );
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions { Concurrency = 1 },
            verify: "counts"
        );

        await mesh.UntilAsync("CompletedWithFailures");

        Assert.That(
            (await mesh.NowAsync())!.Reason,
            Does.Match("table knowledge_entries: [0-9]+ of [0-9]+ values at version 2 .* do not decrypt")
        );
    }

    [Test]
    public Task Verification_that_saw_no_row_of_a_full_table_does_not_count() =>
        EndsWithAsync<BlindWorker>("table knowledge_entries: verification saw 0 rows where about 3");

    [Test]
    public Task Rows_that_were_counted_as_unreadable_and_that_nobody_named_stand_in_the_way() =>
        EndsWithAsync<SilentWorker>(
            "verification met [0-9]+ rows that do not decrypt, of which none is recorded"
        );

    [Test]
    public async Task After_a_sample_that_saw_nothing_a_retry_reads_the_whole_table()
    {
        await using var world = await RotatedAsync();
        await using var mesh = await StartAsync<SampleBlindWorker>(world, "sample:1%");
        await mesh.UntilAsync("CompletedWithFailures");

        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));

        await mesh.UntilAsync("Completed");
    }

    [Test]
    public async Task After_a_sample_that_saw_nothing_the_next_rotation_reads_the_whole_table_and_the_one_after_it_a_sample()
    {
        await using var world = await RotatedAsync();
        await using var mesh = await StartAsync<SampleBlindWorker>(world, "sample:1%");
        await mesh.UntilAsync("CompletedWithFailures");

        Assert.That(await AgainAsync(mesh), Is.EqualTo("Completed"));
        Assert.That(await AgainAsync(mesh), Is.EqualTo("CompletedWithFailures"));
    }

    private static async Task<string> AgainAsync(RunningMesh mesh)
    {
        var id = Guid.CreateVersion7();
        await mesh.ControlAsync(mesh.Order(id, []) with { Verify = "sample:1%" });
        await mesh.UntilAsync(id, now => now.State is "Completed" or "CompletedWithFailures", "it ends");
        return (await mesh.NowAsync(id))!.State;
    }

    private static async Task EndsWithAsync<TWorker>(string reason)
        where TWorker : class, IConsumer
    {
        await using var world = await RotatedAsync();
        await using var mesh = await StartAsync<TWorker>(world, "");

        await mesh.UntilAsync("CompletedWithFailures");

        Assert.That((await mesh.NowAsync())!.Reason, Does.Match(reason));
    }

    // Every row is at the target already.
    private static async Task<SampleWorld> RotatedAsync()
    {
        var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var honest = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });
        await honest.UntilAsync("Completed");
        return world;
    }

    // This worker alone verifies the rows.
    private static Task<RunningMesh> StartAsync<TWorker>(SampleWorld world, string verify)
        where TWorker : class, IConsumer =>
        RunningMesh.StartAsync(
            world,
            worker: null,
            configure: bus =>
                bus.AddConsumer<TWorker>().Endpoint(endpoint => endpoint.Name = Queues.VerifyPartition),
            verify: verify
        );

    /// <summary>Sees rows only where it is to read all of them.</summary>
    private sealed class SampleBlindWorker : IConsumer<VerifyPartition>
    {
        public Task Consume(ConsumeContext<VerifyPartition> context) =>
            AnswerAsync(
                context,
                context.Message.Sample < 1 ? RowCounts.None : new RowCounts { Verified = 1000, Values = 1000 }
            );
    }

    /// <summary>Has read all its rows, one of which did not decrypt, and does not say which.</summary>
    private sealed class SilentWorker : IConsumer<VerifyPartition>
    {
        public Task Consume(ConsumeContext<VerifyPartition> context) =>
            AnswerAsync(
                context,
                new RowCounts
                {
                    Verified = 1000,
                    Failed = 1,
                    Values = 999,
                }
            );
    }

    /// <summary>Says that it has verified, and has read nothing.</summary>
    private sealed class BlindWorker : IConsumer<VerifyPartition>
    {
        public Task Consume(ConsumeContext<VerifyPartition> context) => AnswerAsync(context, RowCounts.None);
    }

    private static async Task AnswerAsync(ConsumeContext<VerifyPartition> context, RowCounts counts)
    {
        var (message, partition) = (context.Message, context.Message.Partition);
        var endpoint = await context.GetSendEndpoint(Queues.Address(Queues.PartitionVerified));
        await endpoint.Send(
            new PartitionVerified(
                message.RotationId,
                partition.PartitionId,
                partition.Attempt,
                partition.Dispatch,
                "forger",
                counts
            )
        );
    }
}
