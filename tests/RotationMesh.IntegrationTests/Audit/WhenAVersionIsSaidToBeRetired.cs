using RotationMesh.Control.Audit;
using RotationMesh.Control.Retirement;
using RotationMesh.Core.Keys;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>By an event of the log, or by a row of the table; only some of them are of somebody who has the keys.</summary>
public sealed class WhenAVersionIsSaidToBeRetired
{
    private AuditScene scene = null!;

    [SetUp]
    public async Task Create()
    {
        scene = await AuditScene.CreateAsync();
        await scene.AppendAsync();
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task By_the_current_key_it_is_believed()
    {
        await RetireAsync(AuditScene.Ring);

        Assert.That(await RetirementAsync(AuditScene.Ring), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task By_the_key_before_it_is_believed_once_the_current_key_has_written_after_it()
    {
        using var next = AuditScene.RingOf(3, (2, 'q'), (3, 'n'));
        await RetireAsync(AuditScene.Ring);

        Assert.That(await RetirementAsync(next), Is.EqualTo((true, false)));
        await AuditScene.LogOf(next).AppendAsync(scene.Control, AuditScene.Entry());

        Assert.That(await RetirementAsync(next), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task By_an_old_key_after_a_newer_one_it_is_not_believed()
    {
        using var old = AuditScene.RingOf(1, (1, 'k'), (2, 'q')); // its writer looks at the end
        await RetireAsync(old);
        await scene.AppendAsync();

        Assert.That(await RetirementAsync(AuditScene.Ring), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task By_its_own_key_it_is_not_believed_whatever_the_next_key_writes_after_it()
    {
        using var next = AuditScene.RingOf(3, (2, 'q'), (3, 'n'));
        await scene.Log.AppendAsync(
            scene.Control,
            AuditEntry.Of(AuditKind.KeyRetired, null, AuditScene.Alice, new { Version = 2 })
        );
        await AuditScene.LogOf(next).AppendAsync(scene.Control, AuditScene.Entry());

        var retired = await new RetiredKeyStore(scene.Control).ListAsync(next, CancellationToken.None);
        var verdict = await scene.VerifyAsync(next);

        Assert.That(retired.Where(key => key.IsVouched), Is.Empty);
        Assert.That(
            verdict.Faults.Select(fault => fault.Problem),
            Has.One.Contains("retires version 2 by the key of that version")
        );
    }

    [Test]
    public async Task By_no_key_it_is_not_believed_whatever_is_written_after_it(
        [Values("NULL, NULL", "1, sha256('x')", "2, sha256('x')", "99, sha256('x')")] string code
    )
    {
        await scene.TamperAsync(
            $$"""
            ALTER TABLE rotationmesh.audit_events DROP CONSTRAINT keyed_since_upgrade;
            INSERT INTO rotationmesh.audit_events
                (sequence, recorded_at, kind, actor, host, details, previous_hash, hash)
            SELECT sequence + 1, recorded_at, 'KeyRetired', actor, host, '{"version":1}', hash, hash
            FROM rotationmesh.audit_events
            """
        );
        var version = code.Split(',')[0];
        var forged = (await scene.EventsAsync())[^1];
        var hash = AuditHash.Of(forged with { KeyVersion = version == "NULL" ? null : int.Parse(version) });
        await scene.TamperAsync(
            $"""
            UPDATE rotationmesh.audit_events
            SET (key_version, mac) = ROW ({code}), hash = '\x{Convert.ToHexStringLower(
                hash
            )}' WHERE sequence = 2;
            UPDATE rotationmesh.audit_head h
            SET sequence = e.sequence, hash = e.hash, key_version = coalesce(e.key_version, 2), mac = coalesce(e.mac, h.mac)
            FROM rotationmesh.audit_events e WHERE e.sequence = 2
            """
        );
        await scene.AppendAsync();

        Assert.That(await RetirementAsync(AuditScene.Ring), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task By_a_row_alone_it_is_not_believed()
    {
        await scene.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.retired_keys (version, retired_by, audit_sequence, audit_hash)
            SELECT 1, 'ann', sequence, hash FROM rotationmesh.audit_events
            """
        );

        Assert.That(await RetirementAsync(AuditScene.Ring), Is.EqualTo((true, false)));
    }

    private Task<AuditEvent> RetireAsync(KeyRing ring) =>
        AuditScene
            .LogOf(ring)
            .AppendAsync(
                scene.Control,
                AuditEntry.Of(AuditKind.KeyRetired, null, AuditScene.Alice, new { Version = 1 })
            );

    // Whether rotations are kept away from it, and whether its key may go.
    private async Task<(bool IsSaid, bool IsBelieved)> RetirementAsync(KeyRing ring)
    {
        var store = new RetiredKeyStore(scene.Control);
        return (
            (await store.ListAsync(CancellationToken.None)).Any(key => key.Version == 1),
            (await store.ListAsync(ring, CancellationToken.None)).Any(key => key.IsVouched)
        );
    }
}
