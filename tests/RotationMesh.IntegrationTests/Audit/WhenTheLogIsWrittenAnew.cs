using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>By somebody who may write the whole control schema and has no key: as if the log had never been keyed.</summary>
public sealed class WhenTheLogIsWrittenAnew
{
    private AuditScene scene = null!;
    private Guid rotation;

    [SetUp]
    public async Task Rotate()
    {
        scene = await AuditScene.CreateAsync();
        rotation = await scene.BeginRotationAsync();
        await AppendAsync(AuditKind.RotationStarted, new { TargetVersion = 2 });
        await scene.AppendAsync(rotationId: rotation);
        await scene.NoteAsync(await AppendAsync(AuditKind.RotationEnded, new { State = "Completed" }));
        await scene.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET state = 'Completed', concluded = true, seal = '2:0123456789abcdef:c2VhbA=='"
        );
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Left_alone_it_is_trusted()
    {
        var verdict = await scene.VerifyAsync();

        Assert.That(verdict.IsTrusted, Is.True, string.Join("; ", [.. verdict.Faults, .. verdict.Doubts]));
    }

    [Test]
    public async Task A_sealed_rotation_tells_that_its_events_were_and_the_next_event_vouches_for_none_of_them()
    {
        await ForgeAsync(bound: 3);

        var forged = await scene.VerifyAsync();
        await scene.AppendAsync();
        var after = await scene.VerifyAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(forged.IsTrusted, Is.False);
            Assert.That(
                forged.Faults.Single().ToString(),
                Does.StartWith($"no event that is sealed says that rotation {rotation} ended as Completed")
            );
            Assert.That(after.FaultCount, Is.EqualTo(1));
            Assert.That(after.VouchedUpTo, Is.Zero);
            Assert.That(after.Doubts.Single(), Does.StartWith("Event 4 begins a chain of its own"));
        }
    }

    [TestCase(0)]
    [TestCase(2)]
    [TestCase(null)]
    public async Task Events_without_a_code_are_found_where_the_upgrade_left_none(int? bound)
    {
        await ForgeAsync(bound, rotations: false);

        var verdict = await scene.VerifyAsync();
        await scene.AppendAsync();

        Assert.That(verdict.FaultCount, Is.EqualTo(3 - (bound ?? 0)));
        Assert.That(
            verdict.Faults[0].ToString(),
            Is.EqualTo(
                $"event {(bound ?? 0) + 1} bears no code of a key, and the log was keyed from event {(bound ?? 0) + 1} on"
            )
        );
        Assert.That((await scene.VerifyAsync()).Doubts.Single(), Does.StartWith("Event 4 begins a chain"));
    }

    [Test]
    public async Task Without_any_trace_nobody_vouches_for_it_but_what_was_noted()
    {
        await ForgeAsync(bound: 3, rotations: false);
        var newest = Convert.ToHexStringLower((await scene.EventsAsync())[^1].Hash);

        Assert.That((await scene.VerifyAsync()).IsTrusted, Is.False);
        Assert.That((await scene.VerifyAsync(newest)).IsTrusted, Is.True);
    }

    [Test]
    public async Task Erased_it_is_missed_by_a_sealed_rotation_and_does_not_begin_as_if_it_were_new()
    {
        await EraseAsync();

        var erased = await scene.VerifyAsync();
        await scene.AppendAsync();
        var after = await scene.VerifyAsync();

        Assert.That(
            erased.Faults.Select(fault => fault.ToString()),
            Has.Some.StartsWith($"no event tells of the start of rotation {rotation}")
        );
        Assert.That(
            after.Faults.Select(fault => fault.ToString()),
            Does.Contain("event 1 is missing").And.Some.StartsWith("no event tells of the start")
        );
    }

    [Test]
    public async Task Cut_off_and_written_on_it_says_where()
    {
        await scene.Database.ExecuteAsync("DELETE FROM rotationmesh.rotations");
        await scene.TamperAsync("DELETE FROM rotationmesh.audit_events WHERE sequence = 3");

        await scene.AppendAsync();
        await scene.AppendAsync();

        var verdict = await scene.VerifyAsync();
        Assert.That(verdict.IsTrusted, Is.False);
        Assert.That(verdict.Doubts.Single(), Does.StartWith("Event 3 begins a chain of its own"));
        Assert.That((verdict.BrokenAt, verdict.VouchedUpTo), Is.EqualTo(((long?)3, 2L)));
    }

    [Test]
    public async Task Cut_off_and_written_on_again_it_tells_both_places_and_what_is_proved()
    {
        await scene.Database.ExecuteAsync("DELETE FROM rotationmesh.rotations");
        foreach (var sequence in (int[])[3, 4])
        {
            await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence >= {sequence}");
            await scene.AppendAsync();
            await scene.AppendAsync();
        }

        var newest = Convert.ToHexStringLower((await scene.EventsAsync())[^1].Hash);
        var verdict = await scene.VerifyAsync(newest);
        Assert.That(
            verdict.Doubts.Select(doubt => doubt.Split(':')[0]),
            Is.EqualTo(["Event 3 begins a chain of its own", "Event 4 begins a chain of its own"])
        );
        Assert.That((verdict.BrokenAt, verdict.VouchedUpTo), Is.EqualTo(((long?)3, 2L)));
    }

    private Task<AuditEvent> AppendAsync(AuditKind kind, object details) =>
        scene.Log.AppendAsync(scene.Control, AuditEntry.Of(kind, rotation, AuditScene.Alice, details));

    private async Task EraseAsync()
    {
        await scene.TamperAsync("DELETE FROM rotationmesh.audit_events");
        await scene.Database.ExecuteAsync(
            """
            DELETE FROM rotationmesh.audit_head;
            DELETE FROM rotationmesh.retired_keys;
            UPDATE rotationmesh.rotations SET audit_sequence = NULL, audit_hash = NULL
            """
        );
    }

    // The same events without codes, by somebody else, and all that is noted of them made to fit.
    private async Task ForgeAsync(int? bound, bool rotations = true)
    {
        var events = await scene.EventsAsync();
        await EraseAsync();
        await scene.Database.ExecuteAsync(
            "ALTER TABLE rotationmesh.audit_events DROP CONSTRAINT keyed_since_upgrade"
        );
        var previous = AuditHash.Start;
        foreach (var read in events)
        {
            var forged = read with { Actor = "mallory", PreviousHash = previous, KeyVersion = null };
            var hash = AuditHash.Of(forged);
            await scene.Database.ExecuteAsync(
                $"""
                INSERT INTO rotationmesh.audit_events
                    (sequence, recorded_at, kind, rotation_id, actor, host, details, previous_hash, hash)
                VALUES ({forged.Sequence}, '{forged.RecordedAt:yyyy-MM-dd HH:mm:ss.ffffff}+00', '{forged.Kind}',
                    '{forged.RotationId}', '{forged.Actor}', '{forged.Host}', '{forged.Details}',
                    '\x{Convert.ToHexStringLower(previous)}', '\x{Convert.ToHexStringLower(hash)}')
                """
            );
            previous = hash;
        }

        if (bound is not null)
            await scene.Database.ExecuteAsync(
                $"""
                ALTER TABLE rotationmesh.audit_events
                    ADD CONSTRAINT keyed_since_upgrade CHECK (mac IS NOT NULL OR sequence <= {bound}) NOT VALID
                """
            );
        await scene.Database.ExecuteAsync(
            rotations
                ? $"UPDATE rotationmesh.rotations SET audit_sequence = 3, audit_hash = '\\x{Convert.ToHexStringLower(previous)}'"
                : "DELETE FROM rotationmesh.rotations"
        );
    }
}
