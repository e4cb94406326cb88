using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

public sealed class WhenACountIsSettled
{
    [TestCase("SELECT, UPDATE")]
    [TestCase("SELECT, UPDATE (body, version)")]
    public async Task One_that_began_while_an_earlier_table_was_counted_is_waited_for(string rights)
    {
        await using var owner = await Fixture.CreateAsync(Entries.Notes, Entries.Table("more"));
        await owner.CreateNotesAsync();
        await owner.ExecuteAsync("CREATE TABLE more (LIKE notes INCLUDING ALL)");
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync(rights, "notes");
        await role.GrantAsync(rights, "more");
        await using var fixture = owner.Variant(user: role.Name);
        var targets = await fixture.TargetsAsync();
        var count = new SettledCount(fixture.Databases, targets);

        Assert.That(await count.Writers.HaveEndedAsync(TimeSpan.Zero, CancellationToken.None), Is.True);
        var first = await CountAsync(0);
        await using var late = await OpenTransaction.BeginAsync(
            owner,
            OpenTransaction.Insert("late", "more")
        );
        var open = await CountAsync(1);
        var waited = count.Writers.Open.Select(writer => writer.Pid).ToList();
        await late.CommitAsync();
        var second = await CountAsync(1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first?.Counts, Is.Empty);
            Assert.That(open, Is.Null);
            Assert.That(waited, Is.EqualTo(new int?[] { late.Pid }));
            Assert.That(second?.Counts.Single().Rows, Is.EqualTo(1));
            Assert.That(second?.Note, Is.Null);
        }

        Task<TableCounted?> CountAsync(int table) =>
            count.CountAsync(targets[table], null, TimeSpan.Zero, CancellationToken.None);
    }

    [Test]
    public async Task A_vacuum_that_holds_the_table_is_not_waited_for()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(3));
        await fixture.ExecuteAsync(
            "CREATE FUNCTION held(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN $1; END $$;"
                + " CREATE INDEX ON notes (held(version))"
        );
        await using var holder = await OpenTransaction.BeginAsync(fixture, "SELECT pg_advisory_xact_lock(1)");
        var upkeep = fixture.ExecuteAsync("ANALYZE notes");
        await Eventually.Holds(
            () =>
                fixture.ScalarAsync<bool>(
                    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
                ),
            TimeSpan.FromSeconds(60),
            "the table is held"
        );
        var target = (await fixture.TargetsAsync()).Single();

        var counted = await new SettledCount(fixture.Databases, [target]).CountAsync(
            target,
            null,
            TimeSpan.Zero,
            CancellationToken.None
        );
        await holder.CommitAsync();
        await upkeep;

        Assert.That(counted?.Counts.Single().Rows, Is.EqualTo(3));
        Assert.That(counted?.Note, Is.Null);
    }
}
