using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Notes of which some have their value elsewhere, and hold another one in the table all the same.</summary>
internal static class ExternalNotes
{
    public const string Marker = "__external_storage__";
    public const string InTheBucket = "in the bucket";

    /// <summary>Places that stand for the external values, so that they are in no retirement's way.</summary>
    public static readonly string[] Places = ["app.public.notes.body", "app.public.notes.summary"];

    public static TableEntry Entry { get; } =
        Entries.Notes with
        {
            External = $"body = '{Marker}' OR title = '{InTheBucket}'",
            Columns = [Entries.Column("body"), Entries.Column("summary") with { MostlyEmpty = true }],
        };

    /// <summary>Ten notes with their value in the table.</summary>
    public static async Task<Fixture> CreateAsync(TableEntry? entry = null)
    {
        var fixture = await Fixture.CreateAsync(entry ?? Entry);
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD summary text");
        await fixture.InsertAsync(Note.Many(10));
        return fixture;
    }

    public static Task InsertAsync(
        this Fixture fixture,
        string id,
        string body,
        string? summary,
        int version,
        string title = "as it was"
    ) =>
        fixture.ExecuteAsync(
            "INSERT INTO notes (id, tenant, body, summary, version, title) VALUES (@id, 'acme', @body, @summary, @version, @title)",
            new
            {
                id,
                body,
                summary,
                version,
                title,
            }
        );

    /// <summary>Version 1 is neither safe to retire nor retired, and these are parts of what is told.</summary>
    public static async Task AssertKeptAsync(this Fixture fixture, params string[] told)
    {
        var key = await fixture.KeyAsync();
        var retirement = await fixture.RetireAsync();
        Assert.Multiple(() =>
        {
            Assert.That(key.SafeToRetire, Is.False, "keys call it safe to retire");
            Assert.That(retirement.Retired, Is.False, "it was retired");
            foreach (var part in told)
            {
                Assert.That(string.Join("; ", key.InTheWay), Does.Contain(part));
                Assert.That(string.Join("; ", retirement.InTheWay), Does.Contain(part));
            }
        });
    }
}
