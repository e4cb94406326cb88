using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>Tables are read one after the other: one that changes before its turn must not be read by nobody.</summary>
public sealed class WhenTablesChangeDuringAScan
{
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await fixture.ExecuteAsync(
            """
            CREATE TABLE public.a_first (held text);
            INSERT INTO public.a_first VALUES ('plain words');
            CREATE TABLE public.archive (n int, held text) PARTITION BY LIST (n);
            CREATE TABLE public.archive_1 PARTITION OF public.archive FOR VALUES IN (1);
            CREATE TABLE public.archive_2 PARTITION OF public.archive FOR VALUES IN (2);
            INSERT INTO public.archive SELECT 1, body FROM notes;
            CREATE TABLE public.b_second (held text);
            INSERT INTO public.b_second VALUES ('plain words');
            CREATE TABLE public.history (held text);
            INSERT INTO public.history SELECT body FROM notes;
            """
        );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("ALTER TABLE public.archive DETACH PARTITION public.archive_1", "public.archive_1")]
    [TestCase(
        """
            ALTER TABLE public.history RENAME TO history_old;
            CREATE TABLE public.history (held text)
            """,
        "public.history_old"
    )]
    [TestCase(
        """
            CREATE TABLE public.a_copy AS TABLE public.history;
            DROP TABLE public.history
            """,
        "public.a_copy"
    )]
    public async Task It_is_read_by_the_name_that_it_has_then(string change, string table)
    {
        await using var session = await fixture.Source.OpenConnectionAsync();
        await ExecuteAsync(session, "BEGIN; LOCK TABLE public.a_first");
        var scanning = fixture.ScanAsync();
        await ReachesAsync("a_first");

        await ExecuteAsync(session, $"{change}; COMMIT");

        var found = (await scanning).Found().Single(one => one.Table.Table == table);
        Assert.That(found.Envelopes.Opened.Single().Values, Is.EqualTo(20));
    }

    [Test]
    public async Task One_that_was_detached_while_its_root_was_read_and_is_back_is_read_too()
    {
        await using var session = await fixture.Source.OpenConnectionAsync();
        await using var another = await fixture.Source.OpenConnectionAsync();
        await ExecuteAsync(session, "BEGIN; LOCK TABLE public.a_first");
        await ExecuteAsync(another, "BEGIN; LOCK TABLE public.b_second");
        var scanning = fixture.ScanAsync();
        await ReachesAsync("a_first");

        await ExecuteAsync(session, "ALTER TABLE public.archive DETACH PARTITION public.archive_1; COMMIT");
        await ReachesAsync("b_second");
        await ExecuteAsync(
            another,
            "ALTER TABLE public.archive ATTACH PARTITION public.archive_1 FOR VALUES IN (1); COMMIT"
        );

        var found = (await scanning).Found().Single(one => one.Table.Table == "public.archive_1");
        Assert.That(found.Envelopes.Opened.Single().Values, Is.EqualTo(20));
    }

    private Task ReachesAsync(string table) =>
        Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    $"SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'public.{table}'::regclass"
                ),
            TimeSpan.FromMinutes(1),
            $"the scan waits for {table}"
        );

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await command.ExecuteNonQueryAsync();
    }
}
