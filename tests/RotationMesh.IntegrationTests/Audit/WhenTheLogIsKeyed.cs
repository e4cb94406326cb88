using Npgsql;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>What somebody can do who may write the whole control schema, and holds no master key.</summary>
public sealed class WhenTheLogIsKeyed
{
    private const int Events = 6;

    private AuditScene scene = null!;

    [SetUp]
    public async Task Append()
    {
        scene = await AuditScene.CreateAsync();
        await scene.AppendManyAsync(Events);
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Its_keys_vouch_for_all_of_it()
    {
        var verdict = await scene.VerifyAsync();

        Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));
        Assert.That((verdict.KeyedFrom, verdict.VouchedUpTo), Is.EqualTo((1L, (long)Events)));
    }

    [Test]
    public async Task A_chain_calculated_anew_is_found_whatever_stands_for_the_codes(
        [Values(Codes.Kept, Codes.OfAnotherKey, Codes.OfAVersionNobodyHas)] Codes codes
    )
    {
        using var mallory = AuditScene.RingOf(2, (2, 'm'));
        await scene.RecalculateAsync(from: 3, codes, mallory);

        Assert.That((await scene.VerifyAsync(ring: null)).IsSound, Is.True, "by itself it is a chain");
        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.Sequence),
            Does.Contain(codes == Codes.OfAVersionNobodyHas ? 3 : Events)
        );
    }

    [TestCase("", "is missing at the end: the record of the newest event names it")]
    [TestCase("DELETE FROM rotationmesh.audit_head;", "the record of the newest event is missing")]
    [TestCase(
        """
            UPDATE rotationmesh.audit_head SET (sequence, hash) =
                (SELECT sequence, hash FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1);
            """,
        "whoever wrote the record did not have the key"
    )]
    [TestCase(
        """
            UPDATE rotationmesh.audit_head SET (sequence, hash, mac) =
                (SELECT sequence, hash, mac FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1);
            """,
        "whoever wrote the record did not have the key"
    )]
    public async Task Events_cut_off_at_the_end_are_found(string also, string told)
    {
        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence > 4; {also}");

        Assert.That((await scene.VerifyAsync()).Faults.Single().ToString(), Does.Contain(told));
    }

    [Test]
    public async Task Put_back_as_a_whole_only_the_noted_hash_tells()
    {
        await scene.Database.ExecuteAsync(
            """
            CREATE TABLE kept AS SELECT * FROM rotationmesh.audit_head;
            """
        );
        var noted = Convert.ToHexStringLower((await scene.AppendAsync("retired too early")).Hash);
        await scene.TamperAsync(
            $"""
            DELETE FROM rotationmesh.audit_events WHERE sequence > {Events};
            DELETE FROM rotationmesh.audit_head;
            INSERT INTO rotationmesh.audit_head SELECT * FROM kept
            """
        );

        Assert.That((await scene.VerifyAsync()).IsSound, Is.True);
        Assert.That((await scene.VerifyAsync(noted)).IsSound, Is.False);
    }

    [Test]
    public async Task An_event_without_a_code_is_refused_and_found_where_it_was_forced()
    {
        var append = $"""
            INSERT INTO rotationmesh.audit_events
                (sequence, recorded_at, kind, actor, host, details, previous_hash, hash)
            SELECT {Events} + 1, now(), 'KeyRetired', 'alice', host, '{"{}"}', hash, sha256('x')
            FROM rotationmesh.audit_events WHERE sequence = {Events}
            """;

        var refusal = Assert.ThrowsAsync<PostgresException>(() => scene.Database.ExecuteAsync(append));
        await scene.TamperAsync(
            $"ALTER TABLE rotationmesh.audit_events DROP CONSTRAINT keyed_since_upgrade; {append}"
        );

        Assert.That(refusal!.ConstraintName, Is.EqualTo("keyed_since_upgrade"));
        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.ToString()),
            Has.Some.StartsWith($"event {Events + 1} bears no code of a key")
        );
    }

    [Test]
    public async Task The_next_key_vouches_for_events_whose_key_is_destroyed_later()
    {
        using var both = AuditScene.RingOf(3, (2, 'q'), (3, 'n'));
        using var next = AuditScene.RingOf(3, (3, 'n'));
        await AuditScene.LogOf(both).AppendAsync(scene.Control, AuditScene.Entry("rotated"));

        var verdict = await scene.VerifyAsync(next);

        Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));
        Assert.That(verdict.VouchedUpTo, Is.EqualTo(Events + 1));
        await scene.TamperAsync("UPDATE rotationmesh.audit_events SET actor = 'mallory' WHERE sequence = 2");
        Assert.That((await scene.VerifyAsync(next)).Faults.Single().Sequence, Is.EqualTo(2));
    }

    [Test]
    public async Task An_end_whose_key_is_destroyed_is_not_carried_on_because_anybody_may_have_written_it()
    {
        using var next = AuditScene.RingOf(3, (3, 'n'));
        var unheld = await scene.VerifyAsync(next);
        await AuditScene.LogOf(next).AppendAsync(scene.Control, AuditScene.Entry("rotated"));

        var verdict = await scene.VerifyAsync(next);

        Assert.That(
            unheld.Faults.Single().ToString(),
            Does.StartWith("event 1 and those after it are keyed by version 2, which this key ring lacks")
        );
        Assert.That((verdict.IsTrusted, verdict.BrokenAt), Is.EqualTo((false, Events + 1)));
    }

    [Test]
    public async Task A_noted_hash_vouches_without_any_key()
    {
        var noted = Convert.ToHexStringLower((await scene.EventsAsync())[3].Hash);

        var verdict = await scene.VerifyAsync(null, noted);

        Assert.That(
            (verdict.IsSound, verdict.ChecksKeys, verdict.VouchedUpTo),
            Is.EqualTo((true, false, 4L))
        );
    }

    [Test]
    public async Task Events_are_told_once_they_are_committed()
    {
        var told = new List<long>();
        var log = AuditScene.LogOf(AuditScene.Ring, written => told.Add(written.Sequence));
        await using (var connection = await scene.Control.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await log.AppendAsync(transaction, AuditScene.Entry(), CancellationToken.None);
        }

        await log.AppendAsync(scene.Control, AuditScene.Entry());

        Assert.That(told, Is.EqualTo(new[] { Events + 1L }));
    }
}
