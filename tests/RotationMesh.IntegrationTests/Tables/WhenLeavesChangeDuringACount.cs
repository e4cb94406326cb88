using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Planning;

namespace RotationMesh.IntegrationTests.Tables;

/// <summary>A count keeps the leaves that it began with, so whoever counts for the last time has to know of others.</summary>
public sealed class WhenLeavesChangeDuringACount
{
    private const string Swap =
        "ALTER TABLE notes RENAME version TO older; ALTER TABLE notes ADD version int DEFAULT 1";
    private const string Range = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Entries.Notes with { Key = Entries.Names("id", "updatedAt") });
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes (id text, tenant text, body text, version int, title text,
                "updatedAt" timestamptz DEFAULT '2026-01-01', PRIMARY KEY (id, "updatedAt")) PARTITION BY RANGE ("updatedAt");
            CREATE TABLE notes_new PARTITION OF notes {Range};
            CREATE TABLE apart (LIKE notes INCLUDING ALL);
            CREATE TABLE deep PARTITION OF notes FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')
                PARTITION BY RANGE ("updatedAt");
            CREATE TABLE deepest PARTITION OF deep DEFAULT
            """
        );
        await fixture.InsertAsync(Note.Many(20));
        await fixture.ExecuteAsync("INSERT INTO apart (id, \"updatedAt\") VALUES ('a', '2025-05-05')");
        await fixture.ExecuteAsync(
            "INSERT INTO notes (id, version, \"updatedAt\") VALUES ('b', 1, '2024-05-05')"
        );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("ALTER TABLE notes DETACH PARTITION notes_new")]
    [TestCase(
        $"ALTER TABLE notes DETACH PARTITION notes_new; ALTER TABLE notes ATTACH PARTITION notes_new {Range}",
        Description = "it was away for a moment"
    )]
    [TestCase(
        "ALTER TABLE notes DETACH PARTITION deep; "
            + "ALTER TABLE notes ATTACH PARTITION deep FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        Description = "it has partitions itself"
    )]
    [TestCase("ALTER TABLE notes ATTACH PARTITION apart FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")]
    [TestCase(Swap)]
    public async Task One_that_came_or_went_is_told(string change)
    {
        var before = await MarksAsync();

        foreach (var statement in change.Split("; "))
            await fixture.ExecuteAsync(statement);

        Assert.That(await MarksAsync(), Is.Not.EqualTo(before));
    }

    [Test]
    public async Task Rows_that_come_and_what_the_server_does_by_itself_are_no_change()
    {
        var before = await MarksAsync();

        await fixture.ExecuteAsync("UPDATE notes SET body = body");
        await fixture.ExecuteAsync("ALTER TABLE notes ADD summary text DEFAULT 'none'");
        await fixture.ExecuteAsync(
            "CREATE TABLE notes_next PARTITION OF notes FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
        );
        foreach (var statement in new[] { "VACUUM (FREEZE, ANALYZE) notes", "VACUUM FULL notes_new" })
            await fixture.ExecuteAsync(statement);

        Assert.That(await MarksAsync(), Is.EqualTo(before));
    }

    private async Task<IReadOnlyList<string>> MarksAsync()
    {
        var targets = await fixture.TargetsAsync();
        var marks = await new LeafMarks(fixture.Databases).ReadAsync(
            targets[0].Entry.Database,
            targets,
            CancellationToken.None
        );
        Assert.That(marks, Has.Count.EqualTo(targets.Count));
        return marks;
    }
}
