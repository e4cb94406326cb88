namespace RotationMesh.CliTests.Selecting;

/// <summary><c>--only</c>, <c>--scope</c> and <c>--skip</c>, and the two options that the runbook names.</summary>
public sealed class ScopeSelectionTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "100", "--tenants", "2");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("--only connectors", "connectors")]
    [TestCase("--scope connectors", "connectors")]
    [TestCase("--scope knowledge", "knowledge_entries knowledge_sources")]
    [TestCase("--skip knowledge", "connectors")]
    [TestCase("--skip connectors", "knowledge_entries knowledge_sources")]
    [TestCase("--skip-connectors", "knowledge_entries knowledge_sources")]
    [TestCase("--skip-knowledge", "connectors")]
    [TestCase("--only all", "connectors knowledge_entries knowledge_sources")]
    [TestCase("--only connectors --only knowledge", "connectors knowledge_entries knowledge_sources")]
    [TestCase("--only all --skip knowledge", "connectors")]
    public async Task Only_the_chosen_tables_are_rotated(string options, string tables)
    {
        var chosen = tables.Split(' ');
        var document = (await site.RunAsync(["--output", "json", "rotate", .. options.Split(' ')]))
            .Exits(0)
            .Json();
        Assert.That(
            document["scopes"]!.AsArray().Select(scope => (string)scope!["table"]!),
            Is.EqualTo(chosen)
        );
        foreach (var table in SampleTables.Encrypted)
            Assert.That(
                await site.Database.ScalarAsync<int>($"SELECT max(encryption_key_version) FROM {table}"),
                Is.EqualTo(chosen.Contains(table) ? 2 : 1),
                table
            );
    }

    [TestCase("--scope", "conectors", "'connectors'")]
    [TestCase("--only", "knowlegde", "'knowledge'")]
    [TestCase("--skip", "Knowledge", "'knowledge'")]
    public async Task An_unknown_scope_is_refused_and_near_names_are_listed(
        string option,
        string scope,
        string near
    )
    {
        var line = (await site.RunAsync("rotate", option, scope)).Refusal();
        Assert.That(line, Does.Contain($"'{scope}'").And.Contain(near));
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task Skipping_everything_is_refused() =>
        Assert.That(
            (await site.RunAsync("rotate", "--skip-connectors", "--skip-knowledge")).Refusal(),
            Does.Contain("no scope is left")
        );
}
