namespace RotationMesh.CliTests.Faults;

/// <summary>The map names a path that the documents do not have: nobody may take that for a rotation that has succeeded.</summary>
public sealed class WrongPathTests
{
    private Site site = null!;

    [OneTimeSetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "200");
        Mistype(site);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("doctor")]
    [TestCase("doctor", "--scan")]
    [TestCase("rotate", "--dry-run")]
    [TestCase("rotate")]
    [TestCase("verify")]
    public async Task The_verb_ends_with_2_and_names_the_path_and_the_right_one(params string[] verb)
    {
        var outcome = (await site.RunAsync(verb)).Exits(2);

        Assert.That(
            outcome.Output + outcome.Error,
            Does.Contain("knowledge_sources")
                .And.Contains("no row holds a value in column \"configuration\" (path credential)")
                .And.Contains("Did you mean 'credentials'?")
                .And.Contains("mostlyEmpty: true")
        );
        Assert.That(
            await site.Database.ScalarAsync<int>("SELECT max(encryption_key_version) FROM knowledge_sources"),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task A_rotation_of_one_tenant_is_refused_alike()
    {
        var tenant = await site.Database.ScalarAsync<string>(
            """SELECT "tenantId" FROM connectors WHERE "tenantId" IS NOT NULL LIMIT 1"""
        );

        var outcome = (await site.RunAsync("rotate", "--tenant", tenant!)).Exits(2);

        Assert.That(outcome.Error, Does.Contain("no row holds a value in column \"configuration\""));
    }

    [Test]
    public async Task No_version_is_retired_or_said_to_be_safe_to_retire()
    {
        await using var rotated = await Site.LoadAsync("--rows", "200");
        (await rotated.RunAsync("rotate")).Exits(0);
        Mistype(rotated);

        var refused = (await rotated.RunAsync("--output", "json", "keys", "retire", "1")).Exits(4).Json();
        var keys = (await rotated.RunAsync("--output", "json", "keys")).Exits(0).Json()["keys"]!.AsArray();

        Assert.That(
            refused["inTheWay"]!.AsArray().Select(reason => (string)reason!),
            Has.One.Contains("no row holds a value")
                .And.One.StartsWith("column configuration at path credentials of table")
        );
        Assert.That(keys.Select(key => (bool)key!["safeToRetire"]!), Is.All.False);
    }

    [Test]
    public async Task A_map_that_says_so_is_believed_and_nobody_says_that_it_was_decrypted()
    {
        await using var empty = await Site.LoadAsync("--rows", "200");
        await empty.Database.ExecuteAsync("UPDATE knowledge_sources SET configuration = '{}'");
        empty.Map = empty.Map.Replace(
            "path: credentials",
            "path: credentials, mostlyEmpty: true",
            StringComparison.Ordinal
        );
        var rows = await empty.Database.ScalarAsync<long>("SELECT count(*) FROM knowledge_sources");

        var rotated = (await empty.RunAsync("--output", "json", "rotate", "--only", "knowledge")).Exits(0);
        var verified = (await empty.RunAsync("verify", "--only", "knowledge")).Exits(0);

        var table = rotated.Json()["scopes"]!
            .AsArray()
            .Single(one => (string)one!["table"]! == "knowledge_sources")!;
        Assert.That(((long)table["rotated"]!, (long)table["empty"]!), Is.EqualTo((rows, rows)));
        Assert.That((long)rotated.Json()["totals"]!["empty"]!, Is.EqualTo(rows));
        Assert.That(
            rotated.Error,
            Does.Match($@"all [\d,]+ rows decrypted again \([\d,]+ values; {rows} rows hold none\)")
        );
        Assert.That(
            verified.Output,
            Does.Match($@"Verified: [\d,]+ rows .* \([\d,]+ values; {rows} rows hold none\)")
        );
    }

    private static void Mistype(Site site) =>
        site.Map = site.Map.Replace("path: credentials", "path: credential", StringComparison.Ordinal);
}
