using System.Text.Json.Nodes;
using RotationMesh.Core.Keys;

namespace RotationMesh.CliTests.Verbs;

/// <summary><c>keys</c>: which versions the rows use, and which may be retired.</summary>
public sealed class KeysTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "3");
        site.HoldKeys(3, 1, 2);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Rows_of_each_version_are_counted()
    {
        (await site.RunAsync("rotate", "--only", "connectors")).Exits(0);
        var keys = await KeysAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(keys.Select(key => (int)key["version"]!), Is.EqualTo((int[])[1, 2, 3]));
            foreach (var key in keys)
                Assert.That(
                    (long)key["rows"]!,
                    Is.EqualTo(await site.Database.RowsAsync($"encryption_key_version = {key["version"]}"))
                );
            Assert.That(keys.Select(key => (bool)key["current"]!), Is.EqualTo((bool[])[false, false, true]));
        });
    }

    [Test]
    public async Task A_version_may_be_retired_when_no_row_uses_it_and_it_is_not_current()
    {
        Assert.That(await SafeAsync(), Is.EqualTo((bool[])[false, true, false]));
        Assert.That(await BasisAsync(), Does.Contain("scans what the map does not name"));
        (await site.RunAsync("rotate")).Exits(0);
        Assert.That(await SafeAsync(), Is.EqualTo((bool[])[true, true, false]));
        await site.Database.ExecuteAsync(
            "UPDATE connectors SET encryption_key_version = 1; UPDATE knowledge_entries SET encryption_key_version = 2"
        );
        Assert.That(await BasisAsync(), Is.Null);
    }

    [Test]
    public async Task No_version_may_be_retired_that_external_values_without_a_store_may_need()
    {
        await site.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = '__external_storage__' WHERE id = (SELECT min(id) FROM knowledge_entries)"
        );
        (await site.RunAsync("rotate")).Exits(0);
        Assert.That(await SafeAsync(), Is.EqualTo((bool[])[false, false, false]));
        Assert.That(
            (await site.RunAsync("keys", "retire", "2")).Exits(4).Output,
            Does.Contain("nobody knows whether they need version 2")
        );
    }

    [Test]
    public async Task A_version_that_the_ring_lacks_is_shown()
    {
        await site.Database.ExecuteAsync("UPDATE connectors SET encryption_key_version = 99");
        var lacking = (await KeysAsync()).Single(key => (int)key["version"]! == 99);
        Assert.That(lacking["fingerprint"], Is.Null);
        Assert.That((bool)lacking["safeToRetire"]!, Is.False);
    }

    [Test]
    public async Task Keys_are_shown_by_fingerprint()
    {
        using var ring = new KeyRing(1, MasterKeys.Values);
        foreach (var key in await KeysAsync())
        {
            ring.TryGet((int)key["version"]!, out var held);
            Assert.That((string)key["fingerprint"]!, Is.EqualTo(held!.Fingerprint));
        }
    }

    [Test]
    public async Task A_generated_key_is_one_that_the_rules_accept()
    {
        var key = (await site.RunAsync("keys", "generate")).Exits(0).Output.TrimEnd('\n');
        Assert.That(MasterKeyRules.Refusal(key), Is.Null);
        Assert.That((await site.RunAsync("keys", "generate")).Output, Does.Not.Contain(key), "it is random");
        site.Set(MasterKeys.Variables(4, key, MasterKeys.Values.Where(old => old.Key < 4).ToDictionary()));
        (await site.RunAsync("rotate")).Exits(0);
    }

    [Test]
    public async Task A_generated_key_comes_with_its_fingerprint_in_json()
    {
        var document = (await site.RunAsync("--output", "json", "keys", "generate")).Exits(0).Json();
        using var ring = new KeyRing(1, [KeyValuePair.Create(1, (string)document["key"]!)]);
        Assert.That((string)document["fingerprint"]!, Is.EqualTo(ring.Keys.Single().Fingerprint));
    }

    private async Task<IReadOnlyList<JsonNode>> KeysAsync() =>
        [
            .. (await site.RunAsync("--output", "json", "keys")).Exits(0).Json()["keys"]!
                .AsArray()
                .OfType<JsonNode>(),
        ];

    private async Task<string?> BasisAsync() =>
        (string?)(await site.RunAsync("--output", "json", "keys")).Exits(0).Json()["basis"];

    private async Task<IEnumerable<bool>> SafeAsync() =>
        (await KeysAsync()).Select(key => (bool)key["safeToRetire"]!);
}
