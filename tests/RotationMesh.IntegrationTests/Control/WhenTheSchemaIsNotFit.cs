using RotationMesh.Control.Schema;
using RotationMesh.Core;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>What the doctor says beforehand, and a rotation refuses: the same words.</summary>
public sealed class WhenTheSchemaIsNotFit
{
    private const string OfTables =
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rotationmesh TO ROLE";
    private const string OfSchema = "GRANT USAGE, CREATE ON SCHEMA rotationmesh TO ROLE";
    private const string Unknown = "exists, but the journal rotationmesh.schema_versions does not know it";
    private const string Impostor = "is a view or a foreign table";

    private const string ForeignTable = """
        DROP TABLE rotationmesh.schema_versions;
        CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
        CREATE FOREIGN TABLE rotationmesh.schema_versions (scriptname text) SERVER nowhere
        """;

    private ControlRole role = null!;

    [SetUp]
    public async Task Create() => role = await ControlRole.CreateAsync();

    [TearDown]
    public async Task Drop() => await role.DisposeAsync();

    [Test]
    public async Task Rights_to_its_tables_are_enough()
    {
        Assert.That(await role.Control.FindFaultAsync(CancellationToken.None), Is.Null);
        await role.Control.MigrateAsync(CancellationToken.None);
        Assert.That(await role.Control.HasRecordsAsync(CancellationToken.None), Is.True);
    }

    [TestCase("REVOKE USAGE ON SCHEMA rotationmesh FROM ROLE", OfSchema)]
    [TestCase("REVOKE ALL ON ALL TABLES IN SCHEMA rotationmesh FROM ROLE", OfTables)]
    [TestCase(
        "REVOKE UPDATE ON rotationmesh.partitions FROM ROLE",
        "may not UPDATE on table rotationmesh.partitions"
    )]
    [TestCase(
        "DROP TABLE rotationmesh.partitions",
        "table rotationmesh.partitions of the control database is missing"
    )]
    [TestCase(
        "DROP TABLE rotationmesh.rotations CASCADE",
        "table rotationmesh.rotations of the control database"
    )]
    [TestCase(
        "ALTER TABLE rotationmesh.rotations DROP COLUMN reason CASCADE",
        "column reason of table rotationmesh.rotations"
    )]
    [TestCase("DROP TABLE rotationmesh.schema_versions", Unknown)]
    [TestCase("DELETE FROM rotationmesh.schema_versions", Unknown)]
    [TestCase("DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%0003%'", "sweeps " + Unknown)]
    [TestCase(ForeignTable, "rotationmesh.schema_versions " + Impostor)]
    [TestCase(
        "DROP TABLE rotationmesh.claims; CREATE VIEW rotationmesh.claims AS SELECT 1",
        "rotationmesh.claims " + Impostor
    )]
    [TestCase(
        "DROP TABLE rotationmesh.schema_versions; CREATE TABLE rotationmesh.schema_versions (id int)",
        "is not the journal"
    )]
    [TestCase(
        "INSERT INTO rotationmesh.schema_versions (scriptname, applied) VALUES ('9999_future', now())",
        "the control schema is newer than this program (migration 9999_future)"
    )]
    public async Task It_is_told_with_the_fix(string damage, string told)
    {
        await role.Database.ExecuteAsync(Named(damage));

        var fault = await role.Control.FindFaultAsync(CancellationToken.None);
        var refusal = Assert.ThrowsAsync<UsageException>(() =>
            role.Control.MigrateAsync(CancellationToken.None)
        );

        Assert.That(fault, Does.Contain(Named(told)));
        Assert.That(refusal!.Message, Is.EqualTo(fault));
        Assert.That(await role.Control.ExistsAsync(CancellationToken.None), Is.False);
    }

    [Test]
    public async Task A_migration_that_stumbles_over_what_is_there_tells_over_what()
    {
        await role.Database.ExecuteAsync(
            "DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%0010%' OR scriptname LIKE '%0005%'"
        );
        await role.Database.ExecuteAsync($"ALTER ROLE {role.Name} SUPERUSER");

        Assert.That(
            () => role.Control.MigrateAsync(CancellationToken.None),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("migration 0005_row_failures_key")
                .And.Message.Contains("already exists")
        );
    }

    [Test]
    public async Task A_role_that_may_not_upgrade_it_is_told_who_may()
    {
        await role.Database.ExecuteAsync(
            $"DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%0010%'; GRANT CREATE ON SCHEMA rotationmesh TO {role.Name}"
        );

        Assert.That(
            () => role.Control.MigrateAsync(CancellationToken.None),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("must be owner of")
                .And.Message.Contains("run it once with the role that owns")
        );
    }

    [TestCase("REVOKE USAGE ON SCHEMA rotationmesh FROM ROLE")]
    [TestCase("REVOKE SELECT ON rotationmesh.rotations FROM ROLE")]
    [TestCase("INSERT INTO rotationmesh.schema_versions (scriptname, applied) VALUES ('9999_future', now())")]
    public async Task Nothing_is_read_of_what_may_not_be_read(string damage)
    {
        await role.Database.ExecuteAsync(Named(damage));

        Assert.That(
            () => role.Control.HasRecordsAsync(CancellationToken.None),
            Throws.TypeOf<UsageException>()
        );
    }

    [TestCase("rotations")]
    [TestCase("workers")]
    public async Task A_dropped_table_is_named_to_whoever_reads(string table)
    {
        await role.Database.ExecuteAsync($"DROP TABLE rotationmesh.{table} CASCADE");

        Assert.That(
            () => role.Control.HasRecordsAsync(CancellationToken.None),
            Throws.TypeOf<RecordsMissingException>().With.Message.Contains($"table rotationmesh.{table} of")
        );
    }

    [Test]
    public async Task The_doctor_writes_nothing_and_is_told_of_a_standby()
    {
        await role.Database.ExecuteAsync($"ALTER ROLE {role.Name} SET default_transaction_read_only = on");

        Assert.That(
            await role.Control.FindFaultAsync(CancellationToken.None),
            Does.StartWith("the database is read-only")
        );
    }

    [Test]
    public async Task The_tables_and_columns_that_are_asked_for_are_those_that_migrations_make()
    {
        var made = await role.Database.ScalarAsync<string[]>(
            """
            SELECT array_agg(name ORDER BY name) FROM (
                SELECT c.relname || ': ' || string_agg(attname, ' ' ORDER BY attname) AS name
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relnamespace = 'rotationmesh'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_versions'
                GROUP BY c.relname) AS tables
            """
        );

        Assert.That(
            ControlTable.All.Select(table =>
                $"{table.Name}: {string.Join(' ', table.Columns.Split(' ').Order(StringComparer.Ordinal))}"
            ),
            Is.EquivalentTo(made!)
        );
    }

    private string Named(string text) => text.Replace("ROLE", role.Name, StringComparison.Ordinal);
}
