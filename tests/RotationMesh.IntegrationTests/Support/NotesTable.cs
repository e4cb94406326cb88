namespace RotationMesh.IntegrationTests.Support;

/// <summary>The table that most tests rotate: a text key, a tenant, one encrypted column and some that must stay.</summary>
internal static class NotesTable
{
    public const string Columns = """
        id text PRIMARY KEY, tenant text, body text, version int DEFAULT 1,
        title text NOT NULL DEFAULT 'as it was', "updatedAt" timestamptz NOT NULL DEFAULT '2025-01-02 03:04:05+00'
        """;

    public static string Create(string name = "notes") => $"CREATE TABLE {name} ({Columns})";

    public static Task CreateNotesAsync(this Fixture fixture, string name = "notes") =>
        fixture.ExecuteAsync($"{Create(name)}; CREATE INDEX ON {name} (tenant)");

    /// <summary>Inserts rows in one statement, so in one transaction.</summary>
    public static Task InsertAsync(this Fixture fixture, IEnumerable<Note> notes, string table = "notes")
    {
        var rows = notes.ToList();
        return fixture.ExecuteAsync(
            $"INSERT INTO {table} (id, tenant, body, version) SELECT * FROM unnest(@ids, @tenants, @bodies, @versions)",
            new
            {
                ids = rows.Select(row => row.Id).ToArray(),
                tenants = rows.Select(row => row.Tenant).ToArray(),
                bodies = rows.Select(row => row.Body).ToArray(),
                versions = rows.Select(row => row.Version).ToArray(),
            }
        );
    }

    public static async Task<IReadOnlyList<Note>> NotesAsync(this Fixture fixture, string table = "notes") =>
        await fixture.QueryAsync<Note>(
            $"SELECT id, tenant::text AS tenant, body, version FROM {table} ORDER BY id"
        );

    /// <summary>
    /// Asserts that every row is at <paramref name="version"/> and decrypts under it to the plaintext of
    /// <see cref="Note.Of"/>.
    /// </summary>
    public static async Task AssertRotatedAsync(this Fixture fixture, string table = "notes", int version = 2)
    {
        var notes = await fixture.NotesAsync(table);
        Assert.That(notes.Select(note => note.Version).Distinct(), Is.EqualTo(new[] { version }));
        Assert.That(
            notes.Select(note => Value.Open(note.Body!, note.Tenant ?? "company_hq", version)),
            Is.EqualTo(notes.Select(note => $"body of {note.Id}"))
        );
    }

    /// <summary>Hashes of all columns that a rotation must not change, by row.</summary>
    public static Task<IReadOnlyList<string>> BystandersAsync(
        this Fixture fixture,
        string table = "notes",
        string changing = "{body,version}"
    ) =>
        fixture.QueryAsync<string>(
            $"SELECT md5((to_jsonb(t) - '{changing}'::text[])::text) FROM {table} AS t ORDER BY id"
        );
}

/// <summary>A row of the notes.</summary>
internal sealed record Note
{
    public string Id { get; init; } = "";

    public string? Tenant { get; init; }

    public string? Body { get; init; }

    public int? Version { get; init; }

    /// <summary>A sound row at a version; its plaintext tells its id.</summary>
    public static Note Of(string id, string tenant = "acme", int version = 1) =>
        new()
        {
            Id = id,
            Tenant = tenant,
            Body = Value.Seal($"body of {id}", tenant, version),
            Version = version,
        };

    /// <summary>Sound rows n0001, n0002, … of some tenants in turn.</summary>
    public static IEnumerable<Note> Many(int count, int tenants = 3, int version = 1) =>
        Enumerable.Range(1, count).Select(i => Of($"n{i:d5}", $"tenant-{i % tenants}", version));
}
