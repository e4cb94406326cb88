using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>A table of notes with columns of every kind, for values too large to come with their rows.</summary>
internal static class LargeNotes
{
    private const int Bytes = 3_000_000;
    public static readonly string Text = string.Concat(Enumerable.Repeat("large ", Bytes / 6));

    public static readonly TableEntry Entry = Entries.Notes with
    {
        Columns =
        [
            Entries.Column("body"),
            Entries.Column("raw") with
            {
                MostlyEmpty = true,
            },
            Entries.Column("settings", "key") with
            {
                MostlyEmpty = true,
            },
        ],
    };

    public static async Task<Fixture> CreateAsync(TableEntry? entry = null)
    {
        var fixture = await Fixture.CreateAsync(entry ?? Entry);
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id int PRIMARY KEY, tenant text, body text, raw bytea, settings jsonb, version int)"
        );
        return fixture;
    }

    public static Task InsertAsync(
        Fixture fixture,
        int id,
        string body,
        string? raw,
        string? key,
        int version = 1
    ) =>
        fixture.ExecuteAsync(
            """
            INSERT INTO notes VALUES (@id, 'acme', @body, @raw::bytea,
                                      CASE WHEN @key IS NULL THEN '{"a": 1}' ELSE jsonb_build_object('key', @key) END, @version)
            """,
            new
            {
                id,
                body = Value.Seal(body, "acme", version),
                raw = raw is null ? null : Value.SealBytes(raw, "acme", version),
                key = key is null ? null : Value.Seal(key, "acme", version),
                version,
            }
        );

    public static async Task<string?> OpenAsync(Fixture fixture, string column, int id) =>
        await fixture.ScalarAsync<string?>($"SELECT {column} FROM notes WHERE id = {id} AND version = 2")
            is { } stored
            ? Value.Open(stored, "acme", 2)
            : null;

    public static async Task<string?> OpenRawAsync(Fixture fixture, int id) =>
        await fixture.ScalarAsync<byte[]?>($"SELECT raw FROM notes WHERE id = {id} AND version = 2")
            is { } stored
            ? Value.OpenBytes(stored, "acme", 2)
            : null;
}
