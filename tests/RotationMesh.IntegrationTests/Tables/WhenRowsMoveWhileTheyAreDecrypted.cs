using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Tables.Planning;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>Rows that are not where they were planned are decrypted all the same.</summary>
public sealed class WhenRowsMoveWhileTheyAreDecrypted
{
    private const int Rows = 60;

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Entries.Notes with { Key = Entries.Names("id", "year") });
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text, tenant text, body text, version int, title text, year int DEFAULT 2025,
                PRIMARY KEY (id, year)) PARTITION BY LIST (year);
            CREATE TABLE notes_old PARTITION OF notes FOR VALUES IN (2025)
            """
        );
        await fixture.InsertAsync(Note.Many(Rows));
        await fixture.ExecuteAsync("UPDATE notes SET version = 2 WHERE id = (SELECT min(id) FROM notes)");
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("ALTER TABLE notes_old RENAME TO notes_older", Rows, TestName = "A_leaf_is_renamed")]
    [TestCase(
        "CREATE SCHEMA archive; ALTER TABLE notes_old SET SCHEMA archive",
        Rows,
        TestName = "A_leaf_is_moved"
    )]
    [TestCase(
        "ALTER TABLE notes DETACH PARTITION notes_old; ALTER TABLE notes_old RENAME TO notes_older; "
            + "ALTER TABLE notes ATTACH PARTITION notes_older FOR VALUES IN (2025)",
        Rows,
        TestName = "A_leaf_is_attached_by_another_name"
    )]
    [TestCase(
        "CREATE TABLE notes_new PARTITION OF notes FOR VALUES IN (2026); "
            + "INSERT INTO notes SELECT id, tenant, body, 1, title, 2026 FROM notes WHERE version = 1",
        Rows + Rows - 1,
        TestName = "A_leaf_is_added"
    )]
    [TestCase("UPDATE notes SET title = title || ' moved'", Rows, TestName = "Every_row_is_updated")]
    [TestCase("CLUSTER notes_old USING notes_old_pkey", Rows, TestName = "A_leaf_is_written_anew")]
    public async Task They_are_decrypted_too(string change, int rows)
    {
        var report = await VerifyAsync(change);

        var table = report.Tables.Single();
        Assert.That(
            (table.Rows, table.Verified, table.Failed, report.Failures.Count),
            Is.EqualTo((rows, rows - 1, 1, 1))
        );
    }

    // Of the two leaves, the one that the row comes to is read first.
    [Test]
    public async Task A_row_that_moves_to_a_leaf_that_was_read_is_decrypted_too()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes_early PARTITION OF notes FOR VALUES IN (2024);
            INSERT INTO notes SELECT id, tenant, body, 1, title, 2024 FROM notes WHERE version = 1 LIMIT 3
            """
        );

        var report = await VerifyAsync(3, "UPDATE notes SET year = 2024 WHERE version = 2");

        var table = report.Tables.Single();
        Assert.That(
            (table.Rows, table.Verified, table.Failed, report.Failures.Count),
            Is.EqualTo((Rows + 3, Rows + 2, 1, 1))
        );
    }

    // A row of each leaf does not decrypt when the first leaf is read; before the second is read, all is well.
    [Test]
    public async Task What_failed_before_the_table_is_read_once_more_is_no_failure_of_it()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes_new PARTITION OF notes FOR VALUES IN (2026);
            INSERT INTO notes SELECT id, tenant, body, version, title, 2026 FROM notes WHERE version = 2
            """
        );

        var report = await VerifyAsync(
            3,
            "UPDATE notes SET version = 1; CLUSTER notes_old USING notes_old_pkey; CLUSTER notes_new USING notes_new_pkey"
        );

        Assert.That(
            (report.Tables.Single().Verified, report.Tables.Single().Failed),
            Is.EqualTo((Rows + 1L, 0L))
        );
        Assert.That(report.Failures, Is.Empty);
    }

    [Test]
    public async Task A_leaf_that_is_written_anew_is_told()
    {
        var target = (await fixture.TargetsAsync()).Single();
        var leaves = new LeafWatch(fixture.Databases);
        await leaves.RememberAsync(target, CancellationToken.None);
        var before = await leaves.LookAsync(target, CancellationToken.None);
        await fixture.ExecuteAsync("VACUUM FULL notes_old");
        var after = await leaves.LookAsync(target, CancellationToken.None);

        Assert.That((before!.IsOther, after!.IsOther), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_leaf_of_which_a_column_has_another_ones_name_is_told()
    {
        var target = (await fixture.TargetsAsync()).Single();
        var leaves = new LeafWatch(fixture.Databases);
        await leaves.RememberAsync(target, CancellationToken.None);
        await fixture.ExecuteAsync("ALTER TABLE notes RENAME body TO spoken");
        await fixture.ExecuteAsync("ALTER TABLE notes RENAME title TO body");

        Assert.That((await leaves.LookAsync(target, CancellationToken.None))!.IsOther);
    }

    [Test]
    public async Task A_leaf_that_took_the_name_of_another_one_is_told()
    {
        var target = (await fixture.TargetsAsync()).Single();
        var leaves = new LeafWatch(fixture.Databases);
        await leaves.RememberAsync(target, CancellationToken.None);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes_new (LIKE notes_old INCLUDING ALL);
            INSERT INTO notes_new SELECT * FROM notes_old;
            DROP TABLE notes_old;
            ALTER TABLE notes_new RENAME TO notes_old;
            ALTER TABLE notes ATTACH PARTITION notes_old FOR VALUES IN (2025)
            """
        );

        Assert.That((await leaves.LookAsync(target, CancellationToken.None))!.IsOther);
    }

    [Test]
    public async Task A_leaf_that_lost_all_its_rows_takes_nothing_back()
    {
        var target = (await fixture.TargetsAsync()).Single();
        var leaves = new LeafWatch(fixture.Databases);
        await leaves.RememberAsync(target, CancellationToken.None);
        await fixture.ExecuteAsync("TRUNCATE notes_old");

        Assert.That((await leaves.LookAsync(target, CancellationToken.None))!.IsOther, Is.False);
    }

    [Test]
    public async Task A_table_without_leaves_has_no_rows_to_decrypt()
    {
        await fixture.ExecuteAsync("DROP TABLE notes_old");

        var report = await VerifyAsync("SELECT 1");

        Assert.That((report.Tables.Single().Rows, report.Failures.Count), Is.EqualTo((0L, 0)));
    }

    [Test]
    public async Task A_table_that_loses_most_of_its_rows_meanwhile_is_no_fault()
    {
        var report = await VerifyAsync("DELETE FROM notes WHERE id > (SELECT min(id) FROM notes)");

        Assert.That((report.Tables.Single().Verified, report.Tables.Single().Failed), Is.EqualTo((0L, 1L)));
    }

    [Test]
    public async Task A_small_leaf_that_is_renamed_away_and_back_is_decrypted_too()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes_early PARTITION OF notes FOR VALUES IN (2024);
            INSERT INTO notes SELECT id, tenant, body, 2, title, 2024 FROM notes WHERE version = 1 LIMIT 3
            """
        );

        // Away when it is to be read, and back before the next one is.
        var report = await VerifyAsync(
            "ALTER TABLE notes_early RENAME TO notes_away",
            "ALTER TABLE notes_away RENAME TO notes_early"
        );

        Assert.That((report.Tables.Single().Failed, report.Failures.Count), Is.EqualTo((1 + 3, 1 + 3)));
    }

    // The first change comes when the rows are planned and none is read yet, another one when the leaf after it is to be read.
    private Task<VerificationReport> VerifyAsync(params string[] changes) => VerifyAsync(2, changes);

    // The first change comes at that question for the share of a partition.
    private async Task<VerificationReport> VerifyAsync(int comesAt, params string[] changes)
    {
        var asked = 0;
        return await new TableVerification(
            fixture.Ring,
            fixture.Databases,
            fixture.Schema,
            fixture.Progress
        ).RunAsync(
            [.. fixture.Map.Tables],
            new VerificationRequest { Share = Share, Workers = 1 },
            CancellationToken.None
        );

        double? Share(long rows)
        {
            if (++asked >= comesAt && asked - comesAt < changes.Length)
                Task.Run(() => fixture.ExecuteAsync(changes[asked - comesAt])).GetAwaiter().GetResult();
            return null;
        }
    }
}
