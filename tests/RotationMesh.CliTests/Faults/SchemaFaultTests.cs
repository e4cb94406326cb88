namespace RotationMesh.CliTests.Faults;

/// <summary>Maps that do not fit the live database, each with its one line of table and column.</summary>
public sealed class SchemaFaultTests
{
    private Site site = null!;
    private string sound = null!;
    private string bytes = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        sound = site.Map;
        await site.Database.ExecuteAsync("CREATE VIEW entries_view AS SELECT * FROM knowledge_entries");
        bytes = await site.Database.BytesAsync();
    }

    [SetUp]
    public void Start_from_a_sound_map() => site.Map = sound;

    [TearDown]
    public async Task Nothing_was_written()
    {
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("table: connectors", "table: conectors", "table conectors", "does not exist", "connectors")]
    [TestCase("table: connectors", "table: other.connectors", "other.connectors", "does not exist", "")]
    [TestCase("table: knowledge_entries", "table: entries_view", "table entries_view", "is a view", "")]
    [TestCase("encryptedAccessToken:", "accessToken:", "table connectors", "accessToken", "no column")]
    [TestCase("tenant: tenantId", "tenant: tenantid", "table connectors", "\"tenantid\"", "'tenantId'")]
    [TestCase("key: id", "key: provider", "table connectors", "\"provider\"", "is not unique")]
    [TestCase("key: id", "key: [tenantId, status]", "table connectors", "\"status\"", "is not unique")]
    [TestCase(
        "version: encryption_key_version",
        "version: status",
        "table connectors",
        "version column \"status\"",
        "integer"
    )]
    [TestCase(
        "version: encryption_key_version",
        "version: key_version",
        "table connectors",
        "\"key_version\"",
        "ALTER TABLE \"connectors\" ADD COLUMN \"key_version\" integer"
    )]
    [TestCase("encryptedAccessToken:", "tokenExpiresAt:", "table connectors", "tokenExpiresAt", "timestamp")]
    [TestCase(", path: credentials", "", "table knowledge_sources", "configuration", "jsonb")]
    [TestCase(
        "context: knowledge_entry ",
        "context: knowledge_entry, path: a ",
        "table knowledge_entries",
        "\"content\"",
        "path"
    )]
    [TestCase(
        "content = '__external_storage__'",
        "contents = 'x'",
        "table knowledge_entries",
        "external",
        "contents"
    )]
    public async Task A_misfit_is_one_line_that_names_table_and_column(
        string text,
        string replacement,
        string table,
        string subject,
        string detail
    )
    {
        var at = sound.IndexOf(text, StringComparison.Ordinal);
        site.Map = string.Concat(sound.AsSpan(0, at), replacement, sound.AsSpan(at + text.Length));
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(line, Does.Contain(table).And.Contain(subject).And.Contain(detail));
        Assert.That((await site.RunAsync("rotate", "--dry-run")).Refusal(), Is.EqualTo(line));
    }

    [Test]
    public async Task Misfits_of_several_tables_are_told_at_once()
    {
        site.Map = sound
            .Replace("table: connectors", "table: conectors", StringComparison.Ordinal)
            .Replace("table: knowledge_sources", "table: sources", StringComparison.Ordinal);
        var outcome = (await site.RunAsync("rotate")).Exits(2);
        Assert.That(outcome.ErrorLines(), Has.Length.EqualTo(2));
    }
}
