using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// A database was copied to another place, which the map calls otherwise, and the first one is declared gone: its tables are looked for
/// in all databases of the map.
/// </summary>
public sealed class WhenADatabaseIsMovedAndRenamed
{
    private const string Old = "old_notes";

    private TestDatabase first = null!;
    private TestDatabase copy = null!;
    private Fixture control = null!;

    [SetUp]
    public async Task Create()
    {
        first = await TestDatabase.CreateAsync();
        control = await Fixture.CreateAsync();
        await using (var there = Fixture.Of(first, control.ConnectionString))
        {
            await there.CreateNotesAsync();
            await there.CreateNotesAsync(Old);
            await there.InsertAsync(Note.Many(5));
            await there.InsertAsync(Note.Many(5), Old);
        }

        await using (var before = Named("first", first, Entries.Notes, Entries.Table(Old)))
            Assert.That((await before.RotateAsync()).State, Is.EqualTo("Completed"));
        Npgsql.NpgsqlConnection.ClearAllPools();
        copy = await first.CopyAsync();
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await copy.DisposeAsync();
        await first.DisposeAsync();
    }

    [Test]
    public async Task A_table_that_the_new_map_leaves_out_keeps_the_key_in_service()
    {
        await using var after = Named("second", copy, Entries.Notes);

        var asked = await after.RetireAsync();
        var refused = await after.RetireAsync(1, "first");

        Assert.That(asked.InTheWay, Has.One.Contains("--gone first"));
        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay,
            Has.One.StartsWith(
                $"table public.{Old} (database second; that of database first had the name), which rotation "
            )
        );
    }

    [Test]
    public async Task One_whose_tables_the_new_map_names_is_gone()
    {
        await using var after = Named("second", copy, Entries.Notes, Entries.Table(Old));

        var retired = await after.RetireAsync(1, "first");

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
    }

    private Fixture Named(
        string name,
        TestDatabase database,
        params RotationMesh.Core.Map.TableEntry[] entries
    ) =>
        control.WithDatabase(
            name,
            database.ConnectionString,
            [.. entries.Select(entry => entry with { Database = name })]
        );
}
