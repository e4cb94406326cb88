using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>The map calls a database otherwise than the rotation did that left failures there: its tables are no less there.</summary>
public sealed class WhenADatabaseIsCalledOtherwise
{
    private const string Old = "old_notes";
    private const string Gone = $"first.{Old}";

    private TestDatabase database = null!;
    private Fixture control = null!;
    private Fixture there = null!;
    private Fixture since = null!;
    private Fixture left = null!;

    // A row of the old table did not decrypt. Of two maps of today, one names both tables, and one leaves the old one out.
    [SetUp]
    public async Task Create()
    {
        database = await TestDatabase.CreateAsync();
        control = await Fixture.CreateAsync();
        there = Fixture.Of(database, control.ConnectionString);
        since = Named("second", Entries.Notes, Entries.Table(Old));
        left = Named("second", Entries.Notes);
        await there.CreateNotesAsync();
        await there.CreateNotesAsync(Old);
        await there.InsertAsync(Note.Many(5));
        await there.InsertAsync([.. Note.Many(5), Note.Of("bad") with { Body = "(bad)" }], Old);
        await using var before = Named("first", Entries.Notes, Entries.Table(Old));
        Assert.That((await before.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));
    }

    [TearDown]
    public async Task Drop()
    {
        await left.DisposeAsync();
        await since.DisposeAsync();
        await there.DisposeAsync();
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public void A_table_that_the_map_names_is_not_gone()
    {
        Assert.That(
            async () => await since.RetireAsync(1, Gone),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains($"the map names table {Old} of database second: rotate it")
        );
    }

    [Test]
    public void A_table_that_is_there_is_not_gone()
    {
        Assert.That(
            async () => await left.RetireAsync(1, Gone),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains($"table public.{Old} of database second exists")
        );
    }

    [Test]
    public async Task A_table_that_is_there_no_more_is_gone()
    {
        await there.ExecuteAsync($"DROP TABLE {Old}");

        var retired = await left.RetireAsync(1, Gone);

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    [Test]
    public async Task A_rotation_by_the_new_name_makes_its_failures_good()
    {
        await there.ExecuteAsync($"DELETE FROM {Old} WHERE id = 'bad'");

        var refused = await since.RetireAsync();
        Assert.That((await since.RotateAsync()).State, Is.EqualTo("Completed"));
        var retired = await since.RetireAsync();

        Assert.That(refused.InTheWay.Single(), Does.EndWith("rotate scope notes anew"));
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    private Fixture Named(string name, params TableEntry[] entries) =>
        control.WithDatabase(
            name,
            database.ConnectionString,
            [.. entries.Select(entry => entry with { Database = name })]
        );
}
