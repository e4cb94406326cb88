using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>Three events of a version of the program that had no keys for them, then an upgrade.</summary>
public sealed class WhenALogFromBeforeItWasKeyedIsUpgraded
{
    private const int Older = 3;

    private AuditScene scene = null!;

    [SetUp]
    public async Task Upgrade()
    {
        scene = await AuditScene.CreateAsync();
        await scene.Database.ExecuteAsync(
            """
            DROP TABLE rotationmesh.audit_head;
            ALTER TABLE rotationmesh.audit_events DROP COLUMN key_version CASCADE, DROP COLUMN mac CASCADE;
            DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%0015_keyed_audit%'
            """
        );
        var previous = AuditHash.Start;
        for (var sequence = 1; sequence <= Older; sequence++)
            previous = await InsertAsync(sequence, previous);
        Assert.That(await scene.EventsAsync(), Has.Count.EqualTo(Older), "it is read before the upgrade too");
        await scene.Control.MigrateAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Nothing_is_keyed_until_the_next_event()
    {
        var verdict = await scene.VerifyAsync();

        Assert.That(
            (verdict.IsSound, verdict.KeyedFrom, verdict.VouchedUpTo),
            Is.EqualTo((true, (long?)null, 0L))
        );
    }

    [Test]
    public async Task The_next_event_is_keyed_and_vouches_for_those_before_it()
    {
        await scene.AppendAsync();

        var verdict = await scene.VerifyAsync();

        Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));
        Assert.That((verdict.KeyedFrom, verdict.VouchedUpTo), Is.EqualTo(((long?)(Older + 1), Older + 1L)));
    }

    [Test]
    public async Task Stripped_back_to_its_unkeyed_start_it_is_found()
    {
        await scene.AppendAsync();
        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence > {Older}");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Single().ToString(),
            Is.EqualTo($"event {Older + 1} is missing at the end: the record of the newest event names it")
        );
    }

    private async Task<byte[]> InsertAsync(long sequence, byte[] previous)
    {
        var written = new AuditEvent
        {
            Sequence = sequence,
            RecordedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            Kind = "StateChanged",
            Actor = AuditScene.Alice,
            Host = "desk-7",
            Details = "{}",
            PreviousHash = previous,
        };
        var hash = AuditHash.Of(written);
        await scene.Database.ExecuteAsync(
            $"""
            INSERT INTO rotationmesh.audit_events
                (sequence, recorded_at, kind, actor, host, details, previous_hash, hash)
            VALUES ({sequence}, '2026-01-02 03:04:05+00', 'StateChanged', '{AuditScene.Alice}', 'desk-7', '{"{}"}',
                '\x{Convert.ToHexStringLower(previous)}', '\x{Convert.ToHexStringLower(hash)}')
            """
        );
        return hash;
    }
}
