using RotationMesh.Control.Audit;
using RotationMesh.IntegrationTests.Audit;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>What was planned and is not to be written any more stays where it is.</summary>
public sealed class WhenNothingMayBeHandedOut
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Nothing_is_handed_out_for_a_rotation_that_has_ended_meanwhile()
    {
        await scene.PlanAsync(1);
        await scene.ExecuteAsync("UPDATE rotationmesh.rotations SET state = 'Cancelled'");

        Assert.That(await scene.TakeAsync(), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_handed_out_towards_a_key_that_was_retired_under_another_version(
        [Values] bool byTheLogAlone
    )
    {
        await scene.PlanAsync(1);
        if (byTheLogAlone)
            await new AuditLog(AuditScene.Ring).AppendAsync(
                scene.Control,
                AuditEntry.Of(
                    AuditKind.KeyRetired,
                    null,
                    "test",
                    new { Version = 1, Fingerprint = new string('a', 16) }
                )
            );
        else
            await scene.ExecuteAsync(
                """
                INSERT INTO rotationmesh.retired_keys (version, fingerprint, retired_at, retired_by, audit_sequence, audit_hash)
                SELECT 1, repeat('a', 16), now(), 'test', 1, decode(repeat('00', 32), 'hex')
                """
            );

        Assert.That(await scene.TakeAsync(), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_handed_out_towards_a_version_that_is_retired()
    {
        await scene.PlanAsync(1);
        await scene.ExecuteAsync(
            """
            INSERT INTO rotationmesh.retired_keys (version, fingerprint, retired_at, retired_by, audit_sequence, audit_hash)
            SELECT 2, NULL, now(), 'test', 1, decode(repeat('00', 32), 'hex')
            """
        );

        Assert.That(await scene.TakeAsync(), Is.Empty);
    }

    [Test]
    public async Task Nothing_is_handed_out_towards_a_version_that_only_the_audit_log_calls_retired()
    {
        await scene.PlanAsync(1);
        await new AuditLog(AuditScene.Ring).AppendAsync(
            scene.Control,
            AuditEntry.Of(AuditKind.KeyRetired, null, "test", new { Version = 2 })
        );

        Assert.That(await scene.TakeAsync(), Is.Empty);
    }
}
