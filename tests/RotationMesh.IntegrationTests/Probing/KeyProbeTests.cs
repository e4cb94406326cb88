using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;

namespace RotationMesh.IntegrationTests.Probing;

public sealed class KeyProbeTests
{
    [Test]
    public async Task A_wrong_key_stops_the_rotation_before_anything_is_written()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using var wrong = fixture.Variant(ring: TestKeys.RingWithWrong(1));
        var fingerprint = wrong.Ring.Keys.First().Fingerprint;

        Assert.That(
            async () => await wrong.RotateAsync(),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains(
                    $"the key of version 1 (fingerprint {fingerprint}) does not open table notes: 20 of 20"
                )
        );
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 1"),
            Is.EqualTo(20)
        );
        Assert.That(await fixture.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NULL"));
    }

    [Test]
    public async Task A_wrong_key_of_the_target_is_noticed_by_the_rows_that_have_it()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([.. Note.Many(5), .. Note.Many(40, version: 2).Select(Renamed)]);
        await using var wrong = fixture.Variant(ring: TestKeys.RingWithWrong(2));

        Assert.That(
            async () => await wrong.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("the key of version 2")
        );
    }

    [Test]
    public async Task Fewer_values_than_tell_a_wrong_key_are_rows_that_fail()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(19));
        await using var wrong = fixture.Variant(ring: TestKeys.RingWithWrong(1));

        var report = await wrong.RotateAsync();

        Assert.That(report.Tables[0].Failed, Is.EqualTo(19));
        await using var right = fixture.Variant();
        Assert.That((await right.RotateAsync()).Tables[0].Rotated, Is.EqualTo(19));
    }

    [Test]
    public async Task Some_bad_rows_among_good_ones_are_no_wrong_key()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(
            Note.Many(60).Select((note, i) => i % 3 == 0 ? note with { Body = "(bad)" } : note)
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((40, 20)));
    }

    [Test]
    public async Task Values_are_drawn_from_every_leaf_and_not_only_from_the_first_pages()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version int) PARTITION BY RANGE (id);
            CREATE TABLE notes_a PARTITION OF notes FOR VALUES FROM (MINVALUE) TO ('n04001');
            CREATE TABLE notes_b PARTITION OF notes FOR VALUES FROM ('n04001') TO (MAXVALUE)
            """
        );
        var good = Value.Seal("plain", "acme");
        await fixture.ExecuteAsync(
            """
            INSERT INTO notes SELECT 'n' || lpad(i::text, 5, '0'), 'acme',
                                     CASE WHEN i <= 4000 THEN @good ELSE 'AAAA' END, 1
            FROM generate_series(1, 8000) AS i
            """,
            new { good }
        );

        var result = (await ProbeAsync(fixture)).Single();

        Assert.That(result.Tried, Is.InRange(50, KeyProbe.Values));
        Assert.That(result.Failed, Is.InRange(result.Tried * 0.3, result.Tried * 0.7));
    }

    [Test]
    public async Task Versions_that_the_ring_lacks_and_external_rows_are_not_tried()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                External = "body = 'elsewhere'",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(
            Note.Many(90)
                .Select(
                    (note, i) =>
                        (i % 3) switch
                        {
                            0 => note with { Version = 99 },
                            1 => note with { Body = "elsewhere" },
                            _ => note,
                        }
                )
        );

        var result = (await ProbeAsync(fixture)).Single();

        Assert.That((result.Version, result.Tried, result.Failed), Is.EqualTo((1, 30, 0)));
    }

    private static Note Renamed(Note note) => note with { Id = $"x{note.Id}" };

    private static async Task<IReadOnlyList<ProbeResult>> ProbeAsync(Fixture fixture)
    {
        var target = (await fixture.TargetsAsync()).Single();
        var counts = await new TableCensus(fixture.Databases).CountAsync(
            target,
            null,
            CancellationToken.None
        );
        return await new KeyProbe(fixture.Databases, fixture.Ring).ProbeAsync(
            new RowsByVersion(target, counts),
            null,
            CancellationToken.None
        );
    }
}
