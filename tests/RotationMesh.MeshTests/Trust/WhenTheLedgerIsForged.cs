using NUnit.Framework;
using RotationMesh.Embedding;
using RotationMesh.LocalOperations;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;

namespace RotationMesh.MeshTests.Trust;

/// <summary>Counts and failures are not sealed: the verdict does not go by them.</summary>
[TestFixture]
internal sealed class WhenTheLedgerIsForged
{
    private const string NothingIsLeft = """
        CREATE FUNCTION rotationmesh.nothing_is_left() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.pending := 0; RETURN NEW; END';
        CREATE TRIGGER nothing_is_left BEFORE INSERT OR UPDATE ON rotationmesh.rotation_tables
            FOR EACH ROW EXECUTE FUNCTION rotationmesh.nothing_is_left();
        """;

    private const string NothingWasThere = """
        CREATE FUNCTION rotationmesh.nothing_was_there() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.pending := 0; NEW.stored := 0; RETURN NEW; END';
        CREATE TRIGGER nothing_was_there BEFORE INSERT OR UPDATE ON rotationmesh.rotation_tables
            FOR EACH ROW EXECUTE FUNCTION rotationmesh.nothing_was_there();
        """;

    // Every row of a table is said to have failed before it is planned.
    private const string AllHaveFailed = """
        CREATE FUNCTION rotationmesh.all_have_failed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO rotationmesh.row_failures (rotation_id, scope, database_name, table_name, row_key, key_digest, version, error)
            SELECT NEW.rotation_id, NEW.scope, NEW.database_name, NEW.table_name, jsonb_build_object('id', n), sha256(n::text::bytea), 1,
                   'MalformedEnvelope'
            FROM generate_series(1, NEW.pending) AS n ON CONFLICT DO NOTHING;
            RETURN NEW;
        END $$;
        CREATE TRIGGER all_have_failed AFTER INSERT ON rotationmesh.rotation_tables
            FOR EACH ROW EXECUTE FUNCTION rotationmesh.all_have_failed();
        """;

    [TestCase(NothingIsLeft, TestName = "nothing is said to be left")]
    [TestCase(NothingWasThere, TestName = "nothing is said to have been there")]
    [TestCase(AllHaveFailed, TestName = "every row is said to have failed")]
    public async Task Rows_below_the_target_are_no_completion(string forgery)
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 500, Tenants = 5 });
        await world.Database.ExecuteAsync(
            """
            UPDATE knowledge_entries SET content = overlay(content PLACING 'AAAAAAAA' FROM 20)
            WHERE id IN (SELECT id FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT 3)
            """
        );
        await world.Parts.Control.MigrateAsync(CancellationToken.None);
        await world.Database.ExecuteAsync(forgery);

        var report = await new EmbeddedMesh(world.Parts, new RotationProgress()).RunAsync(
            world.Order,
            workers: 2,
            CancellationToken.None
        );

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(
            report.Tables.Sum(table => table.Failed),
            Is.EqualTo(await world.AtVersionAsync(1)).And.GreaterThan(0)
        );
    }
}
