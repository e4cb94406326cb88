using Npgsql;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Schema;

/// <summary>Two entries of the map over the same rows: rotating one would relabel what the other holds.</summary>
public sealed class SharedTableTests
{
    private const string Twin = "twin";

    [Test]
    public async Task A_table_with_and_without_its_schema_is_refused_and_nothing_is_written()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table("public.notes"));
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(10));
        var before = await fixture.NotesAsync();

        var fault = Assert.ThrowsAsync<UsageException>(async () => await fixture.RotateAsync());

        Assert.That(fault!.Message.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(
            fault.Message,
            Does.StartWith("table public.notes (scope notes")
                .And.Contain("rows are also those of notes (scope notes")
        );
        Assert.That(await fixture.NotesAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task The_other_entry_counts_although_nobody_asks_for_it()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table("public.notes"));
        await fixture.CreateNotesAsync();

        var report = await fixture.Schema.CheckAsync([Entries.Notes], true, CancellationToken.None);

        Assert.That(report.Faults.Single().ToString(), Does.Contain("also those of public.notes"));
    }

    [Test]
    public async Task Of_three_entries_over_the_same_rows_each_but_the_first_is_told()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes,
            Entries.Table("public.notes"),
            Entries.Notes with
            {
                Scope = "others",
            }
        );
        await fixture.CreateNotesAsync();

        var all = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);
        var last = await fixture.Schema.CheckAsync([fixture.Map.Tables.Last()], true, CancellationToken.None);

        var told = all.Faults.Select(fault => fault.ToString()).ToList();
        Assert.That(told, Has.Count.EqualTo(2));
        Assert.That(told, Has.One.StartsWith("table public.notes (scope notes"));
        Assert.That(told, Has.One.StartsWith("table notes (scope others"));
        Assert.That(told, Has.All.Contain("also those of notes (scope notes"));
        Assert.That(last.Faults.Single().ToString(), Does.Contain("also those of notes (scope notes"));
    }

    [Test]
    public async Task Tables_of_one_name_in_two_schemas_are_two_tables()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table("other.notes"));
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync($"CREATE SCHEMA other; {NotesTable.Create("other.notes")}");

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults, Is.Empty);
    }

    [Test]
    public async Task A_table_through_two_database_entries_is_refused()
    {
        await using var owner = await Fixture.CreateAsync(Entries.Notes);
        await owner.CreateNotesAsync();
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await using var fixture = owner.WithDatabase(
            Twin,
            role.ConnectionString,
            Entries.Notes,
            Entries.Notes with
            {
                Database = Twin,
                Scope = "others",
                Version = new("number"),
            }
        );
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN number int");

        var report = await fixture.Schema.CheckAsync([Entries.Notes], true, CancellationToken.None);

        Assert.That(
            report.Faults.Single().ToString(),
            Does.Contain("also those of notes (scope others, database twin")
        );
    }

    [Test]
    public async Task A_database_entry_that_did_not_answer_a_moment_ago_is_compared_as_soon_as_it_does()
    {
        await using var owner = await Fixture.CreateAsync(Entries.Notes);
        await owner.CreateNotesAsync();
        await using var role = await TestRole.CreateAsync(owner);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await owner.ExecuteAsync($"ALTER ROLE {role.Name} NOLOGIN");
        var twin = Entries.Notes with { Database = Twin };
        await using var fixture = owner.WithDatabase(Twin, role.ConnectionString, Entries.Notes, twin);
        var alone = await fixture.Schema.CheckAsync([Entries.Notes], true, CancellationToken.None);
        await owner.ExecuteAsync($"ALTER ROLE {role.Name} LOGIN");

        var report = await fixture.Schema.CheckAsync([twin], true, CancellationToken.None);

        Assert.That(alone.Faults, Is.Empty);
        Assert.That(
            report.Faults.Single().ToString(),
            Does.Contain("also those of notes (scope notes, database app")
        );
    }

    [Test]
    public async Task A_partition_beside_its_table_is_refused()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes, Entries.Table("notes_all"));
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes ({NotesTable.Columns}) PARTITION BY HASH (id);
            CREATE TABLE notes_all PARTITION OF notes FOR VALUES WITH (MODULUS 1, REMAINDER 0)
            """
        );

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults.Single().ToString(), Does.StartWith("table notes_all"));
    }

    [Test]
    public async Task Equal_names_in_two_databases_of_one_server_are_two_tables()
    {
        await using var other = await Fixture.CreateAsync(Entries.Notes);
        await other.CreateNotesAsync();
        await using var owner = await Fixture.CreateAsync(Entries.Notes);
        await owner.CreateNotesAsync();
        await using var fixture = owner.WithDatabase(
            Twin,
            other.ConnectionString,
            Entries.Notes,
            Entries.Notes with
            {
                Database = Twin,
            }
        );

        var report = await fixture.Schema.CheckAsync(fixture.Map.Tables, true, CancellationToken.None);

        Assert.That(report.Faults, Is.Empty);
    }

    [Test]
    public async Task A_database_that_cannot_be_reached_keeps_no_other_from_being_rotated()
    {
        await using var owner = await Fixture.CreateAsync(Entries.Notes);
        await owner.CreateNotesAsync();
        await owner.InsertAsync(Note.Many(10));
        var away = new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Port = 1 };
        await using var fixture = owner.WithDatabase(Twin, away.ConnectionString, Entries.Notes);

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
    }
}
