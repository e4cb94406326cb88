using System.Text.Json;
using NUnit.Framework;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Trust;

/// <summary>Whoever can write the control schema can write that a rotation is Completed; who is told so holds a key.</summary>
[TestFixture]
internal sealed class WhenARecordSaysCompleted
{
    private const string Forge = """
        UPDATE rotationmesh.rotations SET state = 'Completed', concluded = true, reason = NULL, settled_sweep = sweep,
            verified_sweep = sweep, summary = jsonb_build_object('Verified', 500, 'Tables', '[]'::jsonb, 'Sweep', sweep, 'Rules', 6)
        """;

    private static readonly SampleOptions Small = new() { Rows = 500, Tenants = 5 };

    [Test]
    public async Task Nobody_is_told_so_where_no_saga_sealed_it()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, window: 1);
        await turnstile.Reached;
        await mesh.UntilAsync("Rotating");

        await world.Database.ExecuteAsync(Forge);
        var found = await Rotations(world).FindAsync(mesh.Id, CancellationToken.None);
        var followed = new List<RotationDocument>();
        await foreach (var now in Rotations(world).FollowAsync(mesh.Id, CancellationToken.None))
            followed.Add(now);
        var listed = (await Rotations(world).ListAsync(CancellationToken.None)).Rotations.Single();
        turnstile.Open();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (found.State, found.Reason),
                Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted))
            );
            Assert.That(followed.Select(now => now.State), Has.None.EqualTo("Completed"));
            Assert.That(
                (listed.State, listed.Reason),
                Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted))
            );
        }
    }

    [Test]
    public async Task The_process_that_runs_it_does_not_believe_it_either()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var application = await world.Database.DataSource.OpenConnectionAsync();
        await using var held = await application.BeginTransactionAsync();
        await using var hold = new Npgsql.NpgsqlCommand(
            "SELECT 1 FROM knowledge_entries FOR UPDATE",
            application
        );
        await hold.ExecuteNonQueryAsync();
        var run = new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );
        await Eventually.Holds(
            async () =>
                await world.Database.ScalarAsync<bool>(
                    "SELECT to_regclass('rotationmesh.rotations') IS NOT NULL"
                )
                && await world.Database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM rotationmesh.rotations WHERE state = 'Rotating')"
                ),
            TimeSpan.FromSeconds(60),
            "it rotates"
        );

        await world.Database.ExecuteAsync(Forge);
        var report = await run;

        Assert.That(
            (report.State, report.Reason),
            Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted))
        );
    }

    [Test]
    public async Task It_is_told_where_its_saga_sealed_it_and_its_totals_are_those_of_the_end()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("Completed");
        using var later = SampleWorld.RingOfThree();
        using var without = later.Without([1, 2]);

        var now = await TellAsync(world.Parts.Ring);
        var afterwards = await TellAsync(later);
        var unknown = await TellAsync(without);
        await world.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET summary = jsonb_set(summary, '{Verified}', '1000000')"
        );
        var changed = await TellAsync(world.Parts.Ring);
        var listed = (await Rotations(world).ListAsync(CancellationToken.None)).Rotations.Single();
        var failures = await Rotations(world).ListFailuresAsync(mesh.Id, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((now.State, now.Reason), Is.EqualTo(("Completed", (string?)null)));
            Assert.That((afterwards.State, afterwards.Reason), Is.EqualTo(("Completed", (string?)null)));
            Assert.That((unknown.State, unknown.Reason), Is.EqualTo(("Completed", TrustedRecords.Unchecked)));
            Assert.That(
                (changed.State, changed.Reason),
                Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted))
            );
            Assert.That(
                (listed.State, listed.Reason),
                Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted))
            );
            Assert.That(failures.State, Is.EqualTo("CompletedWithFailures"));
        }

        Task<RotationDocument> TellAsync(KeyRing ring) =>
            new ControlRotations(world.Parts.Map, () => ring, world.Parts.Control).FindAsync(
                mesh.Id,
                CancellationToken.None
            );
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Who_kept_an_older_key_can_not_say_so_under_the_version_of_a_later_one(bool ofTheRecord)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions());
        await mesh.UntilAsync("Completed");
        using var kept = new KeyRing(1, new Dictionary<int, string> { [1] = SampleWorld.OldKey });
        using var later = SampleWorld.RingOfThree();
        var rotation = (
            await new RunningRotations(world.Parts.Control).FindAsync(mesh.Id, CancellationToken.None)
        )!;
        var (written, _) = await new SummaryStore(world.Parts.Control).FindAsync(
            mesh.Id,
            CancellationToken.None
        );
        var summary = JsonSerializer.Deserialize<ClosingSummary>(written!)!;

        await world.Database.ExecuteAsync(
            ofTheRecord
                ? $"UPDATE rotationmesh.rotations SET seal = '2{RotationSeals.SealOf(kept, rotation)[1..]}'"
                : $"UPDATE rotationmesh.rotations SET summary_seal = '2{summary.SealFor(kept, mesh.Id)[1..]}'"
        );

        var told = await new ControlRotations(world.Parts.Map, () => later, world.Parts.Control).FindAsync(
            mesh.Id,
            CancellationToken.None
        );
        Assert.That((told.State, told.Reason), Is.EqualTo(("CompletedWithFailures", TrustedRecords.Refuted)));
    }

    private static ControlRotations Rotations(SampleWorld world) =>
        new(world.Parts.Map, () => world.Parts.Ring, world.Parts.Control);
}
