using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>A scan says what it looked at, and what it did not.</summary>
public sealed class ScanLimitsTests
{
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Of_a_large_table_a_sample_of_all_its_pages_and_its_last_ones_are_looked_at()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE large (n int, held text);
            INSERT INTO large SELECT n, repeat('plain words ', 20) FROM generate_series(1, 60000) n;
            INSERT INTO large SELECT 0, rpad(body, 240) FROM notes;
            ANALYZE large;
            """
        );

        var scan = await fixture.ScanAsync(ScanDepth.Look with { TableBytes = 1 << 20, WholeRows = 100 });

        var table = scan.Tables.Single(look => look.Table == "public.large");
        Assert.That((table.Whole, table.CutShort, table.Rows), Is.EqualTo((false, false, 60060L)));
        Assert.That(table.RowsLookedAt, Is.InRange(2_000, 20_000));
        Assert.That(table.Found.Single().Opened.Single().Values, Is.EqualTo(60));
        Assert.That(table.Columns.Single(), Is.EqualTo(new ColumnLook("held", table.RowsLookedAt)));
    }

    [Test]
    public async Task A_value_that_is_too_large_is_counted_and_a_look_that_takes_too_long_is_cut_short()
    {
        await fixture.ExecuteAsync(
            """
            CREATE TABLE large (held bytea);
            ALTER TABLE large ALTER COLUMN held SET STORAGE EXTERNAL;
            INSERT INTO large SELECT decode(repeat('a0', 5000000), 'hex');
            CREATE TABLE slow (n int, held text);
            INSERT INTO slow SELECT n, 'plain words' FROM generate_series(1, 20000) n;
            """
        );

        Assert.That(
            (await fixture.ScanAsync())
                .Tables.Single(look => look.Table == "public.large")
                .RowsWithLargeValues,
            Is.EqualTo(1)
        );
        var slow = (
            await fixture.ScanAsync(ScanDepth.Look with { TableTime = TimeSpan.FromTicks(1) })
        ).Tables;
        Assert.That(slow.Single(look => look.Table == "public.slow").CutShort, Is.True);
        Assert.That(slow.Single(look => look.Table == "public.slow").Whole, Is.False);
    }

    [Test]
    public async Task What_a_role_may_not_read_and_what_lives_elsewhere_is_told()
    {
        await using var role = await TestRole.CreateAsync(fixture);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE closed (held text);
            CREATE TABLE partly (seen text, hidden text);
            CREATE SCHEMA shut; CREATE TABLE shut.away (held text);
            CREATE MATERIALIZED VIEW vacant AS SELECT body FROM notes WITH NO DATA;
            CREATE TABLE flags (held bit varying);
            CREATE DOMAIN lamps AS bit(16);
            CREATE TABLE switches (lit bit, mask bit varying(231), row_of lamps[]);
            CREATE EXTENSION postgres_fdw;
            CREATE SERVER nowhere FOREIGN DATA WRAPPER postgres_fdw;
            CREATE FOREIGN TABLE far (held text) SERVER nowhere;
            CREATE TABLE tree (n int, held text) PARTITION BY LIST (n);
            CREATE TABLE tree_near PARTITION OF tree FOR VALUES IN (1);
            CREATE FOREIGN TABLE tree_far PARTITION OF tree FOR VALUES IN (2) SERVER nowhere;
            INSERT INTO tree SELECT 1, body FROM notes;
            SELECT lo_create(0);
            """
        );
        await role.GrantAsync("SELECT", "notes, vacant, flags, switches, far, tree_near, tree_far");
        await role.GrantAsync("SELECT (seen)", "partly");
        await using var limited = fixture.Variant(user: role.Name);

        var scan = await limited.ScanAsync();

        Assert.That(
            scan.NotLookedAt.Select(left => $"{left.Table}.{left.Column}: {left.Reason}"),
            Is.EquivalentTo(
                (string[])
                    [
                        "public.closed.: the role has no right to SELECT",
                        "public.far.: a foreign table: scan the database that holds its rows",
                        "public.flags.held: the scan does not read bit varying",
                        "public.partly.hidden: the role has no right to SELECT",
                        "public.tree_far.: a foreign table: scan the database that holds its rows",
                        "public.vacant.: a materialised view without data has no rows",
                        "shut.away.: the role has no right to use the schema",
                        "pg_catalog.pg_largeobject.: the scan does not read large objects, of which there are 1",
                    ]
            )
        );
        Assert.That(
            scan.Found().Select(pair => pair.Table.Table),
            Is.EqualTo((string[])["public.tree_near"])
        );
    }

    [Test]
    public async Task A_table_that_is_dropped_before_it_is_read_is_passed_over()
    {
        // A policy halts the scan at the table before it.
        await fixture.ExecuteAsync(
            """
            CREATE SEQUENCE go;
            CREATE FUNCTION halt() RETURNS boolean LANGUAGE plpgsql AS $$
              BEGIN
                LOOP
                  EXIT WHEN (SELECT is_called FROM go);
                  PERFORM pg_sleep(0.02);
                END LOOP;
                RETURN true;
              END $$;
            CREATE TABLE halted (held text);
            INSERT INTO halted VALUES ('plain words');
            ALTER TABLE halted ENABLE ROW LEVEL SECURITY;
            CREATE POLICY halt ON halted USING (halt());
            CREATE TABLE staging (held text);
            """
        );
        await using var role = await TestRole.CreateAsync(fixture);
        await role.GrantAsync("SELECT", "notes, halted, staging, go");
        await using var limited = fixture.Variant(user: role.Name);

        var scan = limited.ScanAsync();
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
                ),
            TimeSpan.FromSeconds(60),
            "the scan has come to the table before"
        );
        await fixture.ExecuteAsync("DROP TABLE staging; SELECT nextval('go')");

        Assert.That((await scan).NotLookedAt, Is.Empty);
    }

    [Test]
    public async Task Fifteen_hundred_tables_are_looked_at_in_one_go()
    {
        await fixture.ExecuteAsync(
            """
            DO $$ BEGIN FOR n IN 1..1500 LOOP
              EXECUTE format('CREATE TABLE many_%s AS SELECT tenant, title, body, version FROM notes WHERE %s %% 500 = 0', n, n);
              IF n % 50 = 0 THEN COMMIT; END IF;
            END LOOP; END $$
            """
        );

        var scan = await fixture.ScanAsync();

        Assert.That(scan.Tables, Has.Count.EqualTo(1501));
        Assert.That(scan.Found().Count(), Is.EqualTo(3));
    }
}
