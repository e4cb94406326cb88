using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class BystanderTests
{
    [Test]
    public async Task Nothing_but_value_and_version_changes()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(300));
        var before = await fixture.BystandersAsync();

        await fixture.RotateAsync();

        Assert.That(await fixture.BystandersAsync(), Is.EqualTo(before));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task External_rows_are_counted_and_not_touched()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                External = "body = '__external_storage__' -- lives in a bucket",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([
            .. Note.Many(10),
            Note.Of("x1") with
            {
                Body = "__external_storage__",
            },
            Note.Of("x2") with
            {
                Body = "__external_storage__",
            },
            Note.Of("x3") with
            {
                Body = null,
            },
        ]);

        var report = await fixture.RotateAsync();

        var table = report.Tables.Single();
        Assert.That((table.Rows, table.Rotated, table.External, table.Failed), Is.EqualTo((13, 11, 2, 0)));
        Assert.That(report.State, Is.EqualTo("Completed"), "external rows do not make it incomplete");
        Assert.That(
            await fixture.ScalarAsync<long>(
                "SELECT count(*) FROM notes WHERE body = '__external_storage__' AND version = 1"
            ),
            Is.EqualTo(2)
        );
    }

    [Test]
    public async Task A_table_of_external_rows_alone_and_an_empty_one_are_complete()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                External = "body = 'elsewhere'",
            },
            Entries.Table("empty")
        );
        await fixture.CreateNotesAsync();
        await fixture.CreateNotesAsync("empty");
        await fixture.InsertAsync([Note.Of("x1") with { Body = "elsewhere" }]);

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Select(table => table.Rows), Is.EqualTo(new[] { 1, 0 }));
    }

    [Test]
    public async Task Rows_at_the_target_are_left_alone_and_a_second_run_writes_nothing()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([.. Note.Many(20), Note.Of("x1", version: 2)]);

        var first = await fixture.RotateAsync();
        var written = await fixture.QueryAsync<string>(
            "SELECT ctid::text || xmin::text FROM notes ORDER BY id"
        );
        var second = await fixture.RotateAsync();

        Assert.That((first.Tables[0].Rotated, first.Tables[0].Current), Is.EqualTo((20, 1)));
        Assert.That((second.Tables[0].Rotated, second.Tables[0].Current), Is.EqualTo((0, 21)));
        Assert.That(
            await fixture.QueryAsync<string>("SELECT ctid::text || xmin::text FROM notes ORDER BY id"),
            Is.EqualTo(written)
        );
    }

    [Test]
    public async Task A_dry_run_finds_every_failure_and_writes_nothing()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([.. Note.Many(40), Note.Of("x1") with { Body = "(bad)" }]);
        var before = await fixture.QueryAsync<string>(
            "SELECT ctid::text || xmin::text FROM notes ORDER BY id"
        );

        var report = await fixture.RotateAsync(dryRun: true);

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((40, 1)));
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo("x1"));
        Assert.That(
            await fixture.QueryAsync<string>("SELECT ctid::text || xmin::text FROM notes ORDER BY id"),
            Is.EqualTo(before)
        );
        Assert.That(await fixture.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NULL"));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(1000)]
    [TestCase(100_000)]
    public async Task Every_row_is_rotated_with_a_batch_of_any_size(int batchSize)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(101));

        var report = await fixture.RotateAsync(batchSize: batchSize);

        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(101));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task Large_values_are_rotated_among_small_ones()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        var large = string.Concat(Enumerable.Range(0, 150_000).Select(i => $"{i:d7}"));
        await fixture.InsertAsync(
            Enumerable
                .Range(0, 24)
                .Select(i =>
                    i % 2 == 0
                        ? Note.Of($"n{i:d2}")
                        : Note.Of($"n{i:d2}") with
                        {
                            Body = Value.Seal($"{i}{large}", "acme"),
                        }
                )
        );

        var report = await fixture.RotateAsync(workers: 1);

        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(24));
        foreach (var note in (await fixture.NotesAsync()).Where((_, i) => i % 2 == 1))
            Assert.That(
                Value.Open(note.Body!, "acme", 2),
                Is.EqualTo($"{int.Parse(note.Id[1..], null)}{large}")
            );
    }
}
