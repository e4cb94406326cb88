using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Audit;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.MeshTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Trust;

[TestFixture]
internal sealed class WhenARotationIsAudited
{
    [Test]
    public async Task Start_states_and_totals_are_told_once()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 1500,
                Tenants = 5,
                Corrupt = 4,
                External = 3,
            }
        );
        var order = world.Order with
        {
            RequestedBy = "ann@desk",
            CommandLine = "rotationmesh rotate --workers 2",
        };

        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            order,
            workers: 2,
            CancellationToken.None
        );

        var audited = new AuditedRotation(world, report.RotationId);
        await audited.AssertIsOneStoryAsync("CompletedWithFailures");
        var events = await audited.EventsAsync();
        var started = AuditedRotation.Details<RotationStartedDetails>(events[0]);
        var ended = AuditedRotation.Details<RotationEndedDetails>(
            events.Single(written => written.Kind == "RotationEnded")
        );
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events[0].Actor, Is.EqualTo("ann@desk"));
            Assert.That(started.CommandLine, Is.EqualTo("rotationmesh rotate --workers 2"));
            Assert.That(started.TargetFingerprint, Is.EqualTo(world.Parts.Ring.Keys.Last().Fingerprint));
            Assert.That(started.MapHash, Has.Length.EqualTo(64));
            Assert.That(ended.Rotated, Is.EqualTo(report.Tables.Sum(table => table.Rotated)));
            Assert.That(ended.Failed, Is.EqualTo(4));
            Assert.That(ended.External, Is.EqualTo(3));
            Assert.That(ended.Verified, Is.EqualTo(report.Verified));
        }
    }

    [Test]
    public async Task What_an_operator_asks_bears_the_operator_s_name()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 400, Tenants = 3 });
        await using var mesh = await RunningMesh.StartAsync(world, worker: null);
        await mesh.UntilAsync("Rotating");
        await mesh.ControlAsync(new PauseRotation(mesh.Id, "bob"));
        await mesh.UntilAsync("Paused");
        await mesh.ControlAsync(new CancelRotation(mesh.Id, "eve"));
        await mesh.UntilAsync("Cancelled");

        var audited = new AuditedRotation(world, mesh.Id);
        await mesh.UntilAsync(now => now.Concluded, "the totals are written");
        await audited.AssertIsOneStoryAsync("Cancelled");
        var changes = (await audited.EventsAsync()).Where(written => written.Kind == "StateChanged").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes[^2].Actor, Is.EqualTo("bob"));
            Assert.That(changes[^1].Actor, Is.EqualTo("eve"));
            Assert.That(
                AuditedRotation.Details<StateChangedDetails>(changes[^1]).Reason,
                Is.EqualTo("cancelled by eve")
            );
            Assert.That(changes[0].Actor, Is.EqualTo("rotationmesh"));
        }
    }

    [Test]
    public async Task A_gate_is_told_when_it_is_first_looked_at_when_that_changes_and_when_somebody_else_overrides_it()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 10, Tenants = 1 });
        await world.Parts.Control.MigrateAsync(CancellationToken.None);
        var id = Guid.NewGuid();
        var control = world.Parts.Control;
        var gates = new GateAudit(control, new AuditLog(world.Parts.Ring));
        var queue = Gate("bullmq", GateOutcome.Holds);
        var snapshot = Gate("snapshot", GateOutcome.Overridden, "restored yesterday");

        // Several coordinators look at once, and again.
        for (var look = 0; look < 3; look++)
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(_ => gates.RecordAsync(id, [queue, snapshot], "ann", CancellationToken.None))
            );
        await gates.RecordAsync(
            id,
            [Gate("bullmq", GateOutcome.Lost, "queue sync is not paused"), snapshot],
            "ann",
            CancellationToken.None
        );
        await gates.RecordAsync(id, [queue, snapshot], "ann", CancellationToken.None);
        for (var look = 0; look < 2; look++)
            await gates.RecordAsync(id, [queue, snapshot], "bob", CancellationToken.None);

        var told = (await new AuditedRotation(world, id).EventsAsync())
            .Select(written => (written.Actor, AuditedRotation.Details<GateCheckedDetails>(written)))
            .ToList();
        Assert.That(
            told.Select(entry => (entry.Actor, entry.Item2.Gate, entry.Item2.Outcome)),
            Is.EqualTo(
                new[]
                {
                    ("rotationmesh", "bullmq", GateOutcome.Holds),
                    ("ann", "snapshot", GateOutcome.Overridden),
                    ("rotationmesh", "bullmq", GateOutcome.Lost),
                    ("rotationmesh", "bullmq", GateOutcome.Holds),
                    ("bob", "snapshot", GateOutcome.Overridden),
                }
            )
        );
    }

    private static GateCheckedDetails Gate(string name, GateOutcome outcome, string? reason = null) =>
        new()
        {
            Gate = name,
            Outcome = outcome,
            Reason = reason,
        };
}
