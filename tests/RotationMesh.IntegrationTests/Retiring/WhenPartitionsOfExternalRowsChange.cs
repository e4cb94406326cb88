using Dapper;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.External;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Partitions get other names, or are attached, while somebody looks at what their external rows hold.</summary>
public sealed class WhenPartitionsOfExternalRowsChange
{
    private const string Attach = "ALTER TABLE notes ATTACH PARTITION notes_2026 FOR VALUES IN ('2026')";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(
            ExternalNotes.Entry with
            {
                Key = Entries.Names("id", "title"),
                External = "title IS NOT NULL",
                Columns = [Entries.Column("body")],
            }
        );
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text, tenant text, body text, version int, title text, PRIMARY KEY (id, title))
                PARTITION BY LIST (title);
            CREATE TABLE notes_2024 PARTITION OF notes FOR VALUES IN ('2024');
            CREATE TABLE notes_2025 PARTITION OF notes FOR VALUES IN ('2025');
            CREATE TABLE notes_2026 (LIKE notes INCLUDING ALL)
            """
        );
        foreach (var year in new[] { 2024, 2025, 2026 })
            await fixture.ExecuteAsync(
                $"INSERT INTO notes_{year} VALUES ('n', 'acme', @body, 2, '{year}')",
                new { body = Value.Seal("left behind", "acme") }
            );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("ALTER TABLE notes_2024 RENAME TO notes_older", 2)]
    [TestCase("ALTER TABLE notes_2025 RENAME TO notes_older", 2)]
    [TestCase("CREATE SCHEMA archive; ALTER TABLE notes_2024 SET SCHEMA archive", 2)]
    [TestCase(Attach, 3)]
    [TestCase("DROP TABLE notes_2024", 1)]
    [TestCase("DROP TABLE notes_2025", 1)]
    public async Task The_rows_of_each_that_is_there_at_the_end_are_counted_once(string change, int rows)
    {
        var target = (await fixture.TargetsAsync()).Single();
        await using var connection = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("LOCK TABLE ONLY notes_2024 IN ACCESS EXCLUSIVE MODE");

        var look = new InlineLook(fixture.Databases, fixture.Ring).LookAsync(
            target,
            null,
            CancellationToken.None
        );
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'notes_2024'::regclass)"
                ),
            TimeSpan.FromMinutes(1),
            "the first partition is waited for"
        );
        await connection.ExecuteAsync(change);
        await transaction.CommitAsync();

        Assert.That(
            (await look).Counts.Select(count => (count.OpenedBy, count.Rows)),
            Is.EqualTo([(1, rows)])
        );
    }

    [Test]
    public async Task Nothing_is_said_of_a_table_that_is_not_there_by_its_name()
    {
        var target = (await fixture.TargetsAsync()).Single();
        await fixture.ExecuteAsync("ALTER TABLE notes RENAME TO others");

        Assert.That(
            () =>
                new InlineLook(fixture.Databases, fixture.Ring).LookAsync(
                    target,
                    null,
                    CancellationToken.None
                ),
            Throws.InstanceOf<Core.UsageException>().With.Message.Contains("table notes")
        );
    }
}
