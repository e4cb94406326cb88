using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>A schema for each tenant, and in each of them a table of the same name.</summary>
public sealed class ManySchemasTests
{
    private const int Schemas = 200;

    /// <summary>A few readings of the catalog, where the server finds that easier than an index; far from one for each table.</summary>
    private const int MostReadsOfATable = 5_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Checking_a_table_reads_no_other_of_its_name()
    {
        await using var owner = await CreateAsync();
        await using var fixture = owner.Variant();
        var before = await ReadsAsync(owner);

        foreach (var entry in fixture.Map.Tables)
            Assert.That((await fixture.Schema.CheckAsync([entry], true, default)).Faults, Is.Empty);
        await fixture.Databases.DisposeAsync(); // a session tells what it read when it ends

        await Eventually.Holds(
            async () => await ReadsAsync(owner) - before > Schemas,
            Deadline,
            "the sessions that checked the tables have told what they read"
        );
        Assert.That(await ReadsAsync(owner) - before, Is.LessThan(Schemas * MostReadsOfATable));
    }

    [Test]
    public async Task All_of_them_are_rotated()
    {
        await using var fixture = await CreateAsync();
        await fixture.InsertAsync(Note.Many(30), "s7.notes");
        await fixture.InsertAsync(Note.Many(30), "s199.notes");

        var report = await fixture.RotateAsync();

        Assert.That(
            (report.State, report.Tables.Sum(table => table.Rotated)),
            Is.EqualTo(("Completed", 60L))
        );
        await fixture.AssertRotatedAsync("s7.notes");
        await fixture.AssertRotatedAsync("s199.notes");
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync([
            .. Enumerable.Range(0, Schemas).Select(i => Entries.Table($"s{i}.notes")),
        ]);
        for (var i = 0; i < Schemas; i++)
            await fixture.ExecuteAsync($"CREATE SCHEMA s{i}; {NotesTable.Create($"s{i}.notes")}");
        return fixture;
    }

    private static Task<long> ReadsAsync(Fixture fixture) =>
        fixture.ScalarAsync<long>(
            """
            SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
            FROM pg_stat_sys_tables WHERE relid = 'pg_catalog.pg_class'::regclass
            """
        );
}
