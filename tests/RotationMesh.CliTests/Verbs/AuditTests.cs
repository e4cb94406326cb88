using System.Text.Json.Nodes;

namespace RotationMesh.CliTests.Verbs;

/// <summary><c>audit</c>: what was done, and whether the log is as it was written.</summary>
public sealed class AuditTests
{
    private const string Erasing = """
        ALTER TABLE rotationmesh.audit_events DISABLE TRIGGER refuse_change;
        DELETE FROM rotationmesh.audit_events;
        ALTER TABLE rotationmesh.audit_events ENABLE ALWAYS TRIGGER refuse_change;
        DELETE FROM rotationmesh.audit_head;
        DELETE FROM rotationmesh.retired_keys;
        UPDATE rotationmesh.rotations SET audit_sequence = NULL, audit_hash = NULL
        """;

    // The public chain, calculated in SQL: the same events by somebody else, as from before the log was keyed.
    private const string Forging = $"""
        CREATE TABLE kept AS SELECT * FROM rotationmesh.audit_events;
        {Erasing};
        ALTER TABLE rotationmesh.audit_events DROP CONSTRAINT keyed_since_upgrade;
        CREATE FUNCTION field(content bytea) RETURNS bytea LANGUAGE sql
            AS 'SELECT coalesce(int4send(octet_length(content)) || content, int4send(-1))';
        DO $$
        DECLARE
            event record;
            previous bytea := decode(repeat('00', 32), 'hex');
            link bytea;
        BEGIN
            FOR event IN SELECT * FROM kept ORDER BY sequence LOOP
                link := sha256(field('rotationmesh/audit/v1') || field(previous) || field(int8send(event.sequence))
                    || field(int8send((extract(epoch FROM event.recorded_at) * 1000000)::int8))
                    || field(convert_to(event.kind, 'UTF8')) || field(uuid_send(event.rotation_id))
                    || field('mallory') || field(convert_to(event.host, 'UTF8'))
                    || field(convert_to(event.details::text, 'UTF8')));
                INSERT INTO rotationmesh.audit_events
                    (sequence, recorded_at, kind, rotation_id, actor, host, details, previous_hash, hash)
                VALUES (event.sequence, event.recorded_at, event.kind, event.rotation_id, 'mallory', event.host,
                    event.details, previous, link);
                previous := link;
            END LOOP;
            EXECUTE format(
                'ALTER TABLE rotationmesh.audit_events ADD CONSTRAINT keyed_since_upgrade CHECK (mac IS NOT NULL OR sequence <= %s)',
                (SELECT max(sequence) FROM rotationmesh.audit_events));
        END $$;
        UPDATE rotationmesh.rotations r SET audit_sequence = e.sequence, audit_hash = e.hash
        FROM (SELECT * FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1) AS e
        """;

    private Site site = null!;

    [SetUp]
    public async Task Rotate()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "3");
        (await site.RunAsync("rotate", "--only", "connectors", "--batch-size", "50")).Exits(0);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task The_start_of_a_rotation_names_operator_and_command_line()
    {
        var events = (await site.RunAsync("--output", "json", "audit")).Exits(0).Json()["events"]!.AsArray();
        var started = events[0]!;
        Assert.Multiple(() =>
        {
            Assert.That((string)started["kind"]!, Is.EqualTo("RotationStarted"));
            Assert.That((string)started["actor"]!, Does.StartWith($"{Environment.UserName}@"));
            Assert.That(
                (string)started["details"]!["commandLine"]!,
                Is.EqualTo("rotationmesh rotate --only connectors --batch-size 50")
            );
            Assert.That((string)events[^1]!["kind"]!, Is.EqualTo("RotationEnded"));
            Assert.That((long)events[^1]!["details"]!["failed"]!, Is.Zero);
        });
    }

    [Test]
    public async Task People_read_it_in_words() =>
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("Verifying → Completed").And.Contain("--batch-size 50")
        );

    [Test]
    public async Task A_sound_log_shows_the_hash_to_note_and_finds_it_again()
    {
        var head = (string)
            (await site.RunAsync("--output", "json", "audit", "verify")).Exits(0).Json()["head"]!;
        (await site.RunAsync("audit", "verify", "--expect", head)).Exits(0);
        (await site.RunAsync("audit", "verify", "--expect", new string('0', 64))).Exits(3);
        Assert.That(
            (await site.RunAsync("audit", "verify", "--expect", "x")).Refusal(),
            Does.Contain("64 hex digits")
        );
    }

    [Test]
    public async Task The_end_of_a_rotation_tells_what_to_note_and_the_keys_vouch_for_every_event()
    {
        var rotated = (await site.RunAsync("--output", "json", "rotate", "--only", "knowledge"))
            .Exits(0)
            .Json();
        var head = (string)rotated["auditHead"]!;

        var verdict = (await site.RunAsync("--output", "json", "audit", "verify", "--expect", head))
            .Exits(0)
            .Json();

        Assert.Multiple(() =>
        {
            Assert.That((string)verdict["anchor"]!, Is.EqualTo(head));
            Assert.That((long)verdict["keyedFrom"]!, Is.EqualTo(1));
            Assert.That((long)verdict["vouchedUpTo"]!, Is.EqualTo((long)verdict["events"]!));
            Assert.That(verdict["unchecked"]!.AsArray(), Is.Empty);
        });
    }

    [Test]
    public async Task Without_keys_it_says_what_was_not_checked_and_what_was_noted_vouches()
    {
        var head = (string)
            (await site.RunAsync("--output", "json", "audit", "verify")).Exits(0).Json()["anchor"]!;
        foreach (var name in site.Variables.Keys.Where(name => name.StartsWith("MASTER_")).ToList())
            site.Variables.Remove(name);

        Assert.That(
            (await site.RunAsync("audit", "verify")).Exits(0).Output,
            Does.Contain("Who wrote the events was not checked: this process has no key ring")
        );
        Assert.That(
            (await site.RunAsync("audit", "verify", "--expect", head)).Exits(0).Output,
            Does.Not.Contain("not checked")
        );
    }

    [TestCase(
        "UPDATE rotationmesh.audit_events SET actor = 'mallory' WHERE sequence = 2",
        "event 2 was changed"
    )]
    [TestCase(
        "UPDATE rotationmesh.audit_events SET recorded_at = '200000-01-01' WHERE sequence = 2",
        "event 2 was changed"
    )]
    [TestCase("DELETE FROM rotationmesh.audit_events WHERE sequence = 2", "event 2 is missing")]
    [TestCase("DELETE FROM rotationmesh.audit_events WHERE sequence > 2", "is missing at the end: rotation")]
    [TestCase(
        """
            DELETE FROM rotationmesh.audit_events WHERE sequence > 2;
            UPDATE rotationmesh.rotations r SET audit_sequence = e.sequence, audit_hash = e.hash
            FROM rotationmesh.audit_events e WHERE e.sequence = 2;
            UPDATE rotationmesh.audit_head h SET sequence = e.sequence, hash = e.hash, mac = e.mac
            FROM rotationmesh.audit_events e WHERE e.sequence = 2
            """,
        "whoever wrote the record did not have the key"
    )]
    [TestCase(
        "UPDATE rotationmesh.audit_events SET mac = sha256('a guess') WHERE sequence > 2",
        "event 3 was not written with key version 2 of this key ring"
    )]
    public async Task A_log_that_was_tampered_with_is_told_with_exit_code_3(string tampering, string told)
    {
        await site.Database.ExecuteAsync(
            $"ALTER TABLE rotationmesh.audit_events DISABLE TRIGGER ALL; {tampering}"
        );
        Assert.That((await site.RunAsync("audit", "verify")).Exits(3).Output, Does.Contain(told));
        var verdict = (await site.RunAsync("--output", "json", "audit", "verify")).Exits(3).Json();
        Assert.That((bool)verdict["ok"]!, Is.False);
    }

    [TestCase(Forging, "no event that is sealed says that rotation", TestName = "Written_anew_without_codes")]
    [TestCase(Erasing, "no event tells of the start of rotation", TestName = "Erased")]
    public async Task A_log_from_its_start_is_told_with_exit_code_3_and_no_later_event_vouches_for_it(
        string forging,
        string told
    )
    {
        await site.Database.ExecuteAsync(forging);
        Assert.That((await site.RunAsync("audit", "verify")).Exits(3).Output, Does.Contain(told));

        (await site.RunAsync("rotate", "--only", "knowledge")).Exits(0);

        Assert.That((await site.RunAsync("audit", "verify")).Exits(3).Output, Does.Contain(told));
    }

    [Test]
    public async Task A_log_that_nobody_vouches_for_is_told_with_exit_code_3_but_for_what_was_noted()
    {
        await site.Database.ExecuteAsync($"{Forging}; DELETE FROM rotationmesh.rotations");

        var told = (await site.RunAsync("--output", "json", "audit", "verify")).Exits(3).Json();
        Assert.That((bool)told["ok"]!, Is.False);
        Assert.That((string)told["unchecked"]![0]!, Does.StartWith("No event is keyed"));
        Assert.That(
            (await site.RunAsync("audit", "verify")).Exits(3).Output,
            Does.Contain("Nobody vouches for the audit log")
        );
        (await site.RunAsync("audit", "verify", "--expect", (string)told["anchor"]!)).Exits(0);
    }

    [Test]
    public async Task The_export_is_one_document_a_line()
    {
        var lines = (await site.RunAsync("audit", "export", "--format", "jsonl"))
            .Exits(0)
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToList();
        Assert.That(
            lines.Select(line => (long)line["sequence"]!),
            Is.EqualTo(Enumerable.Range(1, lines.Count).Select(number => (long)number))
        );
        Assert.That(
            lines.Skip(1).Select(line => (string)line["previousHash"]!),
            Is.EqualTo(lines.SkipLast(1).Select(line => (string)line["hash"]!))
        );
    }

    [Test]
    public async Task With_json_output_the_export_is_one_document_unless_lines_are_asked_for()
    {
        var lines = (await site.RunAsync("--output", "json", "audit", "export", "--format", "jsonl"))
            .Exits(0)
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var events = (await site.RunAsync("--output", "json", "audit", "export")).Exits(0).Json()[
            "events"
        ]!.AsArray();
        Assert.That(events, Has.Count.EqualTo(lines.Length).And.Count.GreaterThan(1));
        foreach (var (written, line) in events.Zip(lines))
            Assert.That(JsonNode.DeepEquals(written, JsonNode.Parse(line)), $"{written}");
    }

    [Test]
    public async Task A_rotation_that_the_log_does_not_know_is_refused() =>
        Assert.That((await site.RunAsync("audit", $"{Guid.NewGuid()}")).Refusal(), Does.Contain("no event"));

    [Test]
    public async Task Before_the_first_rotation_there_is_no_log()
    {
        await using var empty = await Site.EmptyAsync();
        Assert.That((await empty.RunAsync("audit")).Refusal(), Does.Contain("no audit log yet"));
    }
}
