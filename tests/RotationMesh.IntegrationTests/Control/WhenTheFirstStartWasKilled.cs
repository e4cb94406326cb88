using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A start that was killed between two migrations leaves the first ones; each release before this one did as well.</summary>
public sealed class WhenTheFirstStartWasKilled
{
    private const string Describe = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT concat_ws(' ', c.relname, c.relkind, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                             pg_get_expr(d.adbin, d.adrelid))
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
            LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
            WHERE c.relnamespace = 'rotationmesh'::regnamespace
            UNION ALL
            SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE connamespace = 'rotationmesh'::regnamespace
            UNION ALL
            SELECT indexdef FROM pg_indexes WHERE schemaname = 'rotationmesh'
            UNION ALL
            SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = 'rotationmesh'::regnamespace AND NOT t.tgisinternal
            UNION ALL
            SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'rotationmesh'::regnamespace) AS one (line)
        WHERE line NOT LIKE '%schema_versions%'
        """;

    private static IEnumerable<int> Steps => Enumerable.Range(0, EarlierSchema.Migrations);

    [TestCaseSource(nameof(Steps))]
    public async Task The_next_one_goes_on_where_it_ended(int migrations)
    {
        await using var database = await TestDatabase.CreateAsync();
        await EarlierSchema.MakeAsync(database, migrations);
        await using var control = new ControlDatabase(database.ConnectionString);

        var before = await control.ExistsAsync(CancellationToken.None);
        await control.MigrateAsync(CancellationToken.None);

        var after = await control.HasCurrentRecordsAsync(CancellationToken.None);
        await using var atOnce = await MigratedDatabase.CreateAsync();
        var rotations = await new RunningRotations(control).LatestAsync(1, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(before, Is.False, "whoever starts reads nothing of it before");
            Assert.That(after, Is.True);
            Assert.That(rotations, Is.Empty);
        });
        Assert.That(
            await database.ScalarAsync<string>(Describe),
            Is.EqualTo(await atOnce.ScalarAsync<string>(Describe)),
            "it is what a start makes that nobody kills"
        );
    }

    [TestCaseSource(nameof(Steps))]
    public async Task Whoever_reads_finds_nothing_or_is_told_what_brings_it_up_to_date(int migrations)
    {
        await using var database = await TestDatabase.CreateAsync();
        await EarlierSchema.MakeAsync(database, migrations);
        await using var control = new ControlDatabase(database.ConnectionString);

        if (migrations == 0)
            Assert.That(await control.HasCurrentRecordsAsync(CancellationToken.None), Is.False);
        else
            Assert.That(
                () => control.HasCurrentRecordsAsync(CancellationToken.None),
                Throws.TypeOf<UsageException>().With.Message.Contains("earlier release")
            );
    }
}
