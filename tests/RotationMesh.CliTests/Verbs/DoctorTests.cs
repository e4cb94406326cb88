using System.Text.Json.Nodes;

namespace RotationMesh.CliTests.Verbs;

/// <summary><c>doctor</c>: every precondition with its fix, without starting anything.</summary>
public sealed class DoctorTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "200", "--tenants", "3");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_site_that_is_ready_is_told_so_and_left_alone()
    {
        var bytes = await site.Database.BytesAsync();
        var outcome = (await site.RunAsync("doctor")).Exits(0);
        Assert.That(outcome.Output, Does.Contain("Ready to rotate"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task A_table_without_its_version_column_is_told_with_the_statement_that_adds_it()
    {
        await site.Database.ExecuteAsync("ALTER TABLE knowledge_sources DROP COLUMN encryption_key_version");
        var outcome = (await site.RunAsync("doctor")).Exits(2);
        var statement = outcome.Output[outcome.Output.IndexOf("ALTER TABLE", StringComparison.Ordinal)..];
        statement = statement[..(statement.IndexOf(';', StringComparison.Ordinal) + 1)];
        Assert.That(statement, Does.Contain("knowledge_sources").And.Contain("ADD COLUMN"));

        await site.Database.ExecuteAsync(statement);
        (await site.RunAsync("doctor")).Exits(0);
        (await site.RunAsync("rotate")).Exits(0);
    }

    [Test]
    public async Task One_fault_does_not_hide_the_next()
    {
        await site.Database.ExecuteAsync(
            "ALTER TABLE knowledge_sources DROP COLUMN encryption_key_version; DROP TABLE connectors"
        );
        site.Variables["MASTER_ENCRYPTION_KEY"] = "short";
        var bad = (await ChecksAsync(2)).Where(check => (string)check["verdict"]! == "Bad").ToList();
        Assert.That(
            bad.Select(check => (string)check["subject"]!),
            Is.EquivalentTo((string[])["keys", "table connectors", "table knowledge_sources"])
        );
    }

    [Test]
    public async Task Swapped_keys_are_found()
    {
        site.Set(
            MasterKeys.Variables(
                2,
                MasterKeys.Values[1],
                new Dictionary<int, string> { [1] = MasterKeys.Values[2] }
            )
        );
        Assert.That(
            (await ChecksAsync(2)).Select(check => $"{check["subject"]}: {check["message"]}"),
            Has.Some.Contains("table knowledge_entries").And.Contains("do not decrypt")
        );
    }

    [TestCase("PUBLIC", "every role", TestName = "Everybody_who_may_create_in_the_search_path_is_told")]
    [TestCase(
        "pg_monitor",
        "role pg_monitor",
        TestName = "A_role_that_may_create_in_the_search_path_is_told"
    )]
    public async Task Whoever_may_create_in_the_search_path_is_told_with_the_fix(string grantee, string told)
    {
        await site.Database.ExecuteAsync($"GRANT CREATE ON SCHEMA public TO {grantee}");
        var warning = (await ChecksAsync(0)).Single(TellsOfThePath);
        Assert.That((string)warning["verdict"]!, Is.EqualTo("Warning"));
        Assert.That(
            (string)warning["message"]!,
            Does.StartWith($"{told} may create functions and operators in schema public")
        );

        await site.Database.ExecuteAsync((string)warning["fix"]!);
        Assert.That((await ChecksAsync(0)).Where(TellsOfThePath), Is.Empty);
    }

    private static bool TellsOfThePath(JsonNode check) =>
        ((string)check["message"]!).Contains("search path", StringComparison.Ordinal);

    [Test]
    public async Task Triggers_that_will_fire_are_told()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER touch BEFORE UPDATE ON connectors FOR EACH ROW EXECUTE FUNCTION touch();
            """
        );
        Assert.That(
            (await ChecksAsync(0)).Select(check => $"{check["verdict"]} {check["message"]}"),
            Has.Some.StartsWith("Warning 1 triggers")
        );
    }

    private async Task<IReadOnlyList<JsonNode>> ChecksAsync(int exitCode) =>
        [
            .. (await site.RunAsync("--output", "json", "doctor")).Exits(exitCode).Json()["checks"]!
                .AsArray()
                .OfType<JsonNode>(),
        ];
}
