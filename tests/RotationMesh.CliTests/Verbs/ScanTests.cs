namespace RotationMesh.CliTests.Verbs;

/// <summary><c>doctor --scan</c>: columns with envelopes that the map does not name.</summary>
public sealed class ScanTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "100", "--tenants", "3");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Nothing_is_found_in_the_sample() => Assert.That(await FoundAsync(), Is.Empty);

    [Test]
    public async Task Envelopes_in_an_undeclared_column_are_found()
    {
        await site.Database.ExecuteAsync(
            """
            ALTER TABLE connectors ADD COLUMN webhook_token text;
            UPDATE connectors SET webhook_token = "encryptedAccessToken";
            """
        );
        Assert.That(
            await FoundAsync(),
            Is.EqualTo((string[])["column \"public\".\"connectors\".webhook_token"])
                .Or.EqualTo((string[])["column public.connectors.webhook_token"])
        );
    }

    [Test]
    public async Task Envelopes_in_a_table_that_the_map_does_not_name_are_found()
    {
        await site.Database.ExecuteAsync(
            """CREATE TABLE archive AS SELECT id, "tenantId", configuration FROM knowledge_sources"""
        );
        Assert.That(await FoundAsync(), Has.Exactly(1).Contains("archive").And.Contains("configuration"));
    }

    [Test]
    public async Task Envelopes_under_a_key_that_nobody_holds_are_found_by_their_looks()
    {
        site.HoldKeys(4, 3);
        await site.Database.ExecuteAsync(
            "CREATE TABLE archive AS SELECT id, content FROM knowledge_entries WHERE storage_key IS NULL"
        );
        Assert.That(await FoundAsync(), Has.Exactly(1).Contains("archive").And.Contains("content"));
    }

    [Test]
    public async Task Digests_identifiers_and_plain_text_are_not_reported()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE TABLE innocent AS SELECT md5(id) AS digest, encode(sha256(id::bytea), 'hex') AS longer,
              gen_random_uuid()::text AS uuid, repeat('plain text ', 9) AS plain, '{"a": "b"}'::jsonb AS json,
              'https://example.org/' || id AS link
            FROM knowledge_entries
            """
        );
        Assert.That(await FoundAsync(), Is.Empty);
    }

    [Test]
    public async Task Values_that_could_not_be_tried_with_every_tenant_are_told_with_the_reason()
    {
        await site.Database.ExecuteAsync(
            """
            CREATE TABLE public.headers AS SELECT 'Bearer ' || encode(sha512(n::text::bytea), 'base64') AS header
                FROM generate_series(1, 20) n
            """
        );
        Assert.That(
            (await site.RunAsync("doctor", "--scan")).Output,
            Does.Not.Contain("not tried with every tenant")
        );
        await using var role = await Role.CreateAsync(site.Database);
        await site.Database.ExecuteAsync(
            $"ALTER ROLE {role.Name} NOBYPASSRLS; ALTER TABLE connectors ENABLE ROW LEVEL SECURITY"
        );
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;

        Assert.That(
            (await site.RunAsync("doctor", "--scan")).Output,
            Does.Contain("public.headers.header (20 values)")
                .And.Contain("row-level security may hide tenants of table connectors")
        );
    }

    private async Task<IReadOnlyList<string>> FoundAsync()
    {
        var outcome = await site.RunAsync("--output", "json", "doctor", "--scan");
        return
        [
            .. outcome.Json()["checks"]!
                .AsArray()
                .Select(check => (string)check!["subject"]!)
                .Where(subject => subject.StartsWith("column ", StringComparison.Ordinal)),
        ];
    }
}
