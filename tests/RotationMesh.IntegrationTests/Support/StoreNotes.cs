using RotationMesh.Core.Map;

namespace RotationMesh.IntegrationTests.Support;

/// <summary>Notes of which some have their value in a store of the test's own.</summary>
internal static class StoreNotes
{
    public const string Marker = "__external_storage__";

    public static TableEntry Entry { get; } =
        Entries.Notes with
        {
            External = $"body = '{Marker}'",
            ExternalStore = new ExternalStoreEntry
            {
                Key = new("object_name"),
                Column = 0,
                Bucket = "notes",
                Line = 8,
            },
        };

    /// <summary>Notes with their value in the table, all at one version.</summary>
    public static async Task<Fixture> CreateAsync(
        Func<string, Task<string>> envelopeOf,
        int version,
        int count = 10
    )
    {
        var fixture = await Fixture.CreateAsync(Entry);
        fixture.Stores = new AskedStore(envelopeOf);
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD object_name text");
        await fixture.InsertAsync(Note.Many(count, version: version));
        return fixture;
    }
}
