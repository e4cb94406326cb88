using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

/// <summary>Ten thousand events, changed in every way that somebody can who may take the trigger away.</summary>
public sealed class WhenTheLogIsTamperedWith
{
    private const int Events = 10_000;

    private const string Columns =
        "recorded_at, kind, rotation_id, actor, host, details, previous_hash, hash, key_version, mac";

    private AuditScene scene = null!;
    private AuditEvent newest = null!;

    [OneTimeSetUp]
    public async Task Append()
    {
        scene = await AuditScene.CreateAsync();
        await scene.AppendManyAsync(Events - 1);
        newest = await scene.AppendAsync("the end", await scene.BeginRotationAsync());
        await scene.Database.ExecuteAsync(
            """
            CREATE TABLE kept AS SELECT * FROM rotationmesh.audit_events;
            CREATE TABLE kept_head AS SELECT * FROM rotationmesh.audit_head
            """
        );
    }

    [SetUp]
    public Task Restore() =>
        scene.TamperAsync(
            """
            DELETE FROM rotationmesh.audit_events;
            INSERT INTO rotationmesh.audit_events SELECT * FROM kept;
            DELETE FROM rotationmesh.audit_head;
            INSERT INTO rotationmesh.audit_head SELECT * FROM kept_head;
            UPDATE rotationmesh.rotations SET audit_sequence = NULL, audit_hash = NULL;
            DELETE FROM rotationmesh.retired_keys
            """
        );

    [OneTimeTearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task Left_alone_it_is_sound()
    {
        var verdict = await scene.VerifyAsync(Hex(newest.Hash).ToUpperInvariant());

        Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));
        Assert.That(verdict.Events, Is.EqualTo(Events));
        Assert.That(verdict.Head, Is.EqualTo(Hex(newest.Hash)));
        Assert.That((verdict.BrokenAt, verdict.VouchedUpTo), Is.EqualTo(((long?)null, (long)Events)));
    }

    [Test]
    public async Task A_changed_field_is_found(
        [Values(
            "recorded_at = recorded_at + interval '1 microsecond'",
            "recorded_at = '294276-12-31 23:59:59.999999+00'",
            "recorded_at = '4713-01-01 00:00:00+00 BC'",
            "kind = 'RotationEnded'",
            "rotation_id = 'b3f1c1a2-0000-4000-8000-000000000000'",
            "actor = 'mallory'",
            "host = host || ' '",
            "details = replace(details::text, 'Planning', 'planning')::json",
            "details = replace(details::text, ':', ': ')::json",
            "hash = sha256('anything')",
            "previous_hash = sha256('anything')"
        )]
            string change,
        [Values(1, 5000, Events)] int sequence
    )
    {
        await scene.TamperAsync($"UPDATE rotationmesh.audit_events SET {change} WHERE sequence = {sequence}");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.Sequence),
            Does.Contain(sequence)
        );
    }

    [Test]
    public async Task A_field_that_moves_into_its_neighbour_is_found()
    {
        await scene.TamperAsync(
            "UPDATE rotationmesh.audit_events SET actor = 'alic', host = 'e' || host WHERE sequence = 77"
        );

        Assert.That((await scene.VerifyAsync()).Faults.Single().Sequence, Is.EqualTo(77));
    }

    [TestCase(1)]
    [TestCase(5000)]
    [TestCase(Events - 1)]
    public async Task A_removed_event_is_found(int sequence)
    {
        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence = {sequence}");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Single().ToString(),
            Is.EqualTo($"event {sequence} is missing")
        );
    }

    [TestCase(1)]
    [TestCase(5000)]
    public async Task A_removed_event_is_found_when_the_rest_moves_up(int sequence)
    {
        await scene.TamperAsync(
            $"""
            DELETE FROM rotationmesh.audit_events WHERE sequence = {sequence};
            UPDATE rotationmesh.audit_events SET sequence = sequence + 100000 WHERE sequence > {sequence};
            UPDATE rotationmesh.audit_events SET sequence = sequence - 100001 WHERE sequence > 100000
            """
        );

        Assert.That((await scene.VerifyAsync()).FaultCount, Is.EqualTo(Events - sequence + 2));
    }

    [TestCase(1)]
    [TestCase(400)]
    [TestCase(Events)]
    public async Task Events_cut_off_at_the_end_are_found_by_what_a_rotation_noted(int removed)
    {
        await scene.NoteAsync(newest);

        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence > {Events - removed}");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.ToString()),
            Does.Contain($"event {Events} is missing at the end: rotation {newest.RotationId} noted it")
        );
    }

    [Test]
    public async Task Events_cut_off_at_the_end_are_found_by_the_hash_that_an_operator_noted()
    {
        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence = {Events}");

        Assert.That(
            (await scene.VerifyAsync(Hex(newest.Hash))).Faults.Select(fault => fault.ToString()),
            Does.Contain($"no event has the expected hash {Hex(newest.Hash)}")
        );
    }

    [Test]
    public async Task Events_cut_off_at_the_end_are_found_by_a_retired_key()
    {
        await scene.Database.ExecuteAsync(
            $"""
            INSERT INTO rotationmesh.retired_keys (version, retired_by, audit_sequence, audit_hash)
            VALUES (1, 'alice', {Events}, '\x{Hex(newest.Hash)}')
            """
        );
        await scene.TamperAsync($"DELETE FROM rotationmesh.audit_events WHERE sequence > {Events - 10}");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.ToString()),
            Has.Some.EndsWith("the retirement of key version 1 noted it")
        );
    }

    [Test]
    public async Task A_chain_that_was_calculated_anew_is_found_by_what_a_rotation_noted()
    {
        await scene.NoteAsync(newest);
        await scene.TamperAsync("DELETE FROM rotationmesh.audit_events WHERE sequence >= 9990");
        for (var sequence = 9990; sequence <= Events; sequence++)
            await scene.AppendAsync("nothing happened");

        Assert.That(
            (await scene.VerifyAsync()).Faults.Single().ToString(),
            Is.EqualTo($"event {Events} is not the event that rotation {newest.RotationId} noted")
        );
    }

    [TestCase(0)]
    [TestCase(5000)]
    [TestCase(Events)]
    public async Task An_inserted_event_is_found(int after)
    {
        await scene.TamperAsync(
            $"""
            UPDATE rotationmesh.audit_events SET sequence = sequence + 100000 WHERE sequence > {after};
            UPDATE rotationmesh.audit_events SET sequence = sequence - 99999 WHERE sequence > 100000;
            INSERT INTO rotationmesh.audit_events (sequence, {Columns})
            SELECT {after + 1}, {Columns} FROM kept WHERE sequence = 17
            """
        );

        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.Sequence),
            Does.Contain(after + 1)
        );
    }

    [TestCase(1, 2)]
    [TestCase(1, Events)]
    [TestCase(4999, 5000)]
    public async Task Events_that_changed_places_are_found(int one, int other)
    {
        await scene.TamperAsync(
            $"""
            UPDATE rotationmesh.audit_events SET sequence = 100000 WHERE sequence = {one};
            UPDATE rotationmesh.audit_events SET sequence = {one} WHERE sequence = {other};
            UPDATE rotationmesh.audit_events SET sequence = {other} WHERE sequence = 100000
            """
        );

        Assert.That(
            (await scene.VerifyAsync()).Faults.Select(fault => fault.Sequence),
            Is.SupersetOf(new long?[] { one, other })
        );
    }

    [TestCase("UPDATE rotationmesh.audit_events SET actor = 'mallory' WHERE sequence = 5000")]
    [TestCase("UPDATE rotationmesh.audit_events SET previous_hash = sha256('x') WHERE sequence = 5000")]
    [TestCase("UPDATE rotationmesh.audit_events SET mac = sha256('x') WHERE sequence = 5000")]
    [TestCase("DELETE FROM rotationmesh.audit_events WHERE sequence IN (5000, 5001)")]
    public async Task What_comes_before_the_first_break_is_still_proved_and_later_ones_are_told(string first)
    {
        await scene.TamperAsync(
            $"{first}; UPDATE rotationmesh.audit_events SET actor = 'mallory' WHERE sequence = 7000"
        );

        var verdict = await scene.VerifyAsync();
        var expecting = await scene.VerifyAsync(Hex(newest.Hash));

        Assert.That((verdict.BrokenAt, verdict.VouchedUpTo), Is.EqualTo(((long?)5000, 4999L)));
        Assert.That((expecting.BrokenAt, expecting.VouchedUpTo), Is.EqualTo(((long?)5000, 4999L)));
        Assert.That(verdict.Faults.Select(fault => fault.Sequence), Does.Contain(7000));
    }

    [Test]
    public async Task Many_faults_are_counted_and_the_first_are_told()
    {
        await scene.TamperAsync("UPDATE rotationmesh.audit_events SET actor = 'mallory'");

        var verdict = await scene.VerifyAsync();

        Assert.That(verdict.FaultCount, Is.EqualTo(Events));
        Assert.That(verdict.Faults, Has.Count.EqualTo(AuditVerification.MaxFaults));
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
