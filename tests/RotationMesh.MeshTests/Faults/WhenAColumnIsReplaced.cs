using NUnit.Framework;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Faults;

/// <summary>A migration of the application gives the name of an encrypted column to another one, while a sweep runs.</summary>
[TestFixture]
internal sealed class WhenAColumnIsReplaced
{
    private const string Replace =
        "ALTER TABLE knowledge_sources RENAME configuration TO past; ALTER TABLE knowledge_sources ADD configuration jsonb";

    private static readonly SampleOptions Small = new() { Rows = 1500, Tenants = 5 };

    [Test]
    public async Task No_row_gets_the_version_until_the_former_one_has_its_name_back()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker);
        await turnstile.Reached;
        await world.Database.ExecuteAsync(Replace);
        turnstile.Open();

        await mesh.UntilAsync(
            now =>
                now.Reason?.Contains("holds values and is not in this map", StringComparison.Ordinal) == true,
            "it says why"
        );
        var written = await RotatedSourcesAsync(world);
        await world.Database.ExecuteAsync(
            "ALTER TABLE knowledge_sources DROP configuration; ALTER TABLE knowledge_sources RENAME past TO configuration"
        );
        await mesh.UntilAsync("Completed");

        Assert.That(written, Is.Zero);
        Assert.That(await RotatedSourcesAsync(world), Is.GreaterThan(0));
    }

    [Test]
    public async Task What_was_copied_to_the_new_one_is_rotated_and_read_wholly()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker, verify: "sample:1%");
        await turnstile.Reached;
        await world.Database.ExecuteAsync(
            $"{Replace}; UPDATE knowledge_sources SET configuration = past; ALTER TABLE knowledge_sources DROP past"
        );
        turnstile.Open();

        await mesh.UntilAsync("Completed");

        Assert.That(await world.AtVersionAsync(1), Is.Zero);
        Assert.That(
            await world.Database.ScalarAsync<string>(
                "SELECT string_agg(table_name, ',') FROM rotationmesh.rotation_tables WHERE read_whole"
            ),
            Is.EqualTo("knowledge_sources")
        );
    }

    [Test]
    public async Task Nor_does_one_of_a_leaf_that_left_its_table_for_it()
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        await world.Database.ExecuteAsync(
            """
            ALTER TABLE knowledge_entries DROP CONSTRAINT "knowledge_entries_sourceId_fkey";
            CREATE TABLE old_sources (LIKE knowledge_sources INCLUDING ALL);
            WITH moved AS (DELETE FROM knowledge_sources RETURNING *) INSERT INTO old_sources SELECT * FROM moved;
            ALTER TABLE old_sources INHERIT knowledge_sources;
            """
        );
        using var turnstile = new Turnstile();
        await using var mesh = await RunningMesh.StartAsync(world, turnstile.Worker);
        await turnstile.Reached;
        await ReplaceAsync("RENAME configuration TO past, ADD configuration jsonb");
        turnstile.Open();

        await mesh.UntilAsync(
            now => now.Reason?.Contains("old_sources (database", StringComparison.Ordinal) == true,
            "it says why"
        );
        var written = await RotatedSourcesAsync(world);
        await ReplaceAsync("DROP configuration, RENAME past TO configuration");
        await mesh.UntilAsync("Completed");

        Assert.That(written, Is.Zero);
        Assert.That(await RotatedSourcesAsync(world), Is.GreaterThan(0));

        Task ReplaceAsync(string changes) =>
            world.Database.ExecuteAsync(
                string.Join(
                    "; ",
                    changes
                        .Split(", ")
                        .Prepend("NO INHERIT knowledge_sources")
                        .Append("INHERIT knowledge_sources")
                        .Select(change => $"ALTER TABLE old_sources {change}")
                )
            );
    }

    private static Task<long> RotatedSourcesAsync(SampleWorld world) =>
        world.Database.ScalarAsync<long>(
            "SELECT count(*) FROM knowledge_sources WHERE encryption_key_version = 2"
        );
}
