using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.IntegrationTests.Tables;

public sealed class InheritedTableTests
{
    [TestCase(null)]
    [TestCase("tenant-1")]
    public async Task Rows_of_children_are_rotated_with_those_of_the_table(string? tenant)
    {
        await using var stage = await CreateAsync();

        var report = await stage.RotateAsync(tenants: tenant is null ? null : [tenant]);

        Assert.That(
            (report.State, report.Tables[0].Rotated, report.Tables[0].Failed),
            Is.EqualTo(("Completed", tenant is null ? 60 : 20, 0))
        );
        if (tenant is null)
            await stage.AssertRotatedAsync();
    }

    [Test]
    public async Task A_row_of_a_child_that_changes_at_the_same_time_is_read_again()
    {
        await using var stage = await CreateAsync();
        await stage.ExecuteAsync(
            """
            UPDATE ONLY grandchild SET body = 'damaged' WHERE id = 'n00055';
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON child FOR EACH ROW WHEN (NEW.id = 'n00025') EXECUTE FUNCTION refuse()
            """
        );

        var report = await stage.RotateAsync();

        Assert.That(
            report.Failures.Select(failure => (failure.Key.Single().Value, failure.Error)),
            Is.EquivalentTo(
                new[] { ("n00025", RowError.DatabaseError), ("n00055", RowError.MalformedEnvelope) }
            )
        );
        Assert.That(report.Tables[0].Rotated, Is.EqualTo(58));
    }

    private static async Task<Stage> CreateAsync()
    {
        var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.ExecuteAsync(
            """
            CREATE TABLE child (PRIMARY KEY (id)) INHERITS (notes);
            CREATE TABLE grandchild (own int, PRIMARY KEY (id)) INHERITS (child)
            """
        );
        var notes = Note.Many(60).ToList();
        await stage.InsertAsync(notes[..20]);
        await stage.InsertAsync(notes[20..40], "child");
        await stage.InsertAsync(notes[40..], "grandchild");
        return stage;
    }
}
