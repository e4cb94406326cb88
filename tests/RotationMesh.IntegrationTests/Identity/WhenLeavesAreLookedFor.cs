using Dapper;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Schema;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Identity;

/// <summary>Former leaves of a table, by their oids: which of them exist and show their rows in no table that is asked for.</summary>
public sealed class WhenLeavesAreLookedFor
{
    private const string Moved = "public.notes_new";

    private static readonly TableEntry[] Whole = [Entries.Table("notes"), Entries.Table("others")];

    private Fixture fixture = null!;
    private long[] leaves = [];

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync(Whole);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.notes (id text, tenant text, body text, version int, year int) PARTITION BY LIST (year);
            CREATE TABLE public.notes_old PARTITION OF notes FOR VALUES IN (2025);
            CREATE TABLE public.notes_new PARTITION OF notes FOR VALUES IN (2026);
            CREATE TABLE public.others (LIKE notes) PARTITION BY LIST (year)
            """
        );
        leaves =
        [
            .. await fixture.QueryAsync<long>("SELECT inhrelid::bigint FROM pg_inherits ORDER BY inhrelid"),
        ];
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_detached_one_is_found_by_its_name_of_today_and_one_that_is_dropped_is_not()
    {
        var before = await FindAsync(Whole);
        await fixture.ExecuteAsync(
            "ALTER TABLE public.notes DETACH PARTITION public.notes_new; ALTER TABLE public.notes_new RENAME TO away"
        );
        var detached = await FindAsync(Whole);
        await fixture.ExecuteAsync("DROP TABLE public.away");
        var dropped = await FindAsync(Whole);

        Assert.That(before, Is.Empty);
        Assert.That(detached, Is.EqualTo(new[] { "public.away" }));
        Assert.That(dropped, Is.Empty);
    }

    [Test]
    public async Task One_that_was_moved_to_another_table_counts_where_that_is_asked_for()
    {
        await fixture.ExecuteAsync(
            """
            ALTER TABLE public.notes DETACH PARTITION public.notes_new;
            ALTER TABLE public.others ATTACH PARTITION public.notes_new FOR VALUES IN (2026)
            """
        );

        Assert.That(await FindAsync(Whole), Is.Empty);
        Assert.That(await FindAsync(Whole[..1]), Is.EqualTo(new[] { Moved }));
    }

    [Test]
    public async Task One_that_is_about_to_be_detached_shows_its_rows_no_more()
    {
        await using var reader = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await reader.BeginTransactionAsync();
        await reader.ExecuteAsync("SELECT FROM public.notes");

        var detaching = fixture.ExecuteAsync(
            "ALTER TABLE public.notes DETACH PARTITION public.notes_new CONCURRENTLY"
        );
        await Eventually.Holds(
            () => fixture.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending)"),
            TimeSpan.FromMinutes(1),
            "it is about to be detached"
        );
        var found = await FindAsync(Whole);
        await transaction.CommitAsync();
        await detaching;

        Assert.That(found, Is.EqualTo(new[] { Moved }));
    }

    private async Task<IReadOnlyList<string>> FindAsync(TableEntry[] entries) =>
        [
            .. (
                await new DetachedTables(fixture.Databases).FindAsync(entries, leaves, CancellationToken.None)
            ).Select(found => found.Table.ToString()),
        ];
}
