namespace RotationMesh.CliTests.Faults;

/// <summary>A key ring that holds keys under each other's version.</summary>
public sealed class WrongKeyTests
{
    private Site site = null!;

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Swapped_keys_are_refused_by_version_fingerprint_and_table()
    {
        site = await Site.LoadAsync("--rows", "500", "--tenants", "5", "--connectors", "0");
        var fingerprint = await FingerprintOfTwoAsync();
        var bytes = await site.Database.BytesAsync();
        SwapKeys();
        var line = (await site.RunAsync("rotate")).Refusal();
        Assert.That(
            line,
            Does.Contain("version 1").And.Contain(fingerprint).And.Contain("knowledge_entries")
        );
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task A_dry_run_refuses_them_too()
    {
        site = await Site.LoadAsync("--rows", "500", "--tenants", "5", "--connectors", "0");
        SwapKeys();
        Assert.That((await site.RunAsync("rotate", "--dry-run")).Refusal(), Does.Contain("version 1"));
    }

    [Test]
    public async Task Too_few_values_to_tell_are_ordinary_failures()
    {
        site = await Site.LoadAsync("--rows", "19", "--tenants", "2", "--connectors", "0");
        var bytes = await site.Database.BytesAsync();
        SwapKeys();
        var document = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();
        Assert.That(document.Total("failed"), Is.EqualTo(document.Total("rows")));
        Assert.That(
            document.Failures().Select(failure => failure.Error),
            Is.All.EqualTo("AuthenticationFailed")
        );
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task What_an_earlier_rotation_left_behind_is_not_taken_for_a_wrong_key()
    {
        site = await Site.LoadAsync("--rows", "500", "--tenants", "5", "--corrupt", "120");
        (await site.RunAsync("rotate")).Exits(3);
        foreach (var again in new[] { new[] { "rotate", "--dry-run" }, ["rotate"] })
        {
            var document = (await site.RunAsync(["--output", "json", .. again])).Exits(3).Json();
            Assert.That(document.Total("failed"), Is.EqualTo(120), string.Join(' ', again));
        }

        var checks = (await site.RunAsync("--output", "json", "doctor")).Exits(2).Json()["checks"]!;
        Assert.That(
            checks
                .AsArray()
                .Where(check => $"{check!["message"]}".Contains("do not decrypt", StringComparison.Ordinal))
                .Select(check => (string)check!["verdict"]!),
            Is.Not.Empty.And.All.EqualTo("Warning")
        );
    }

    private void SwapKeys() =>
        site.Set(
            MasterKeys.Variables(
                2,
                MasterKeys.Values[1],
                new Dictionary<int, string> { [1] = MasterKeys.Values[2] }
            )
        );

    private async Task<string> FingerprintOfTwoAsync()
    {
        var keys = (await site.RunAsync("--output", "json", "keys")).Exits(0).Json()["keys"]!.AsArray();
        return (string)keys.Single(key => (int)key!["version"]! == 2)!["fingerprint"]!;
    }
}
