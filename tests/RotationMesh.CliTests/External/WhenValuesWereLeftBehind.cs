using System.Text;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.External;

/// <summary>Rows whose objects are rotated hold other values in the table: beside the object's, or in its place.</summary>
public sealed class WhenValuesWereLeftBehind
{
    private StoreSite store = null!;

    private Site Site => store.Site;

    [SetUp]
    public async Task Load()
    {
        store = await StoreSite.LoadAsync(external: 6);
        Site.Map = Site.Map.Replace(
            "\"content = '__external_storage__'\"",
            "\"storage_key IS NOT NULL\"",
            StringComparison.Ordinal
        );
    }

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task A_value_that_was_left_in_the_column_is_rotated_with_the_object()
    {
        await LeaveAsync(store.Rows[0], version: 1);
        await LeaveAsync(store.Rows[1], version: 2); // there already
        await LeaveAsync(store.Rows[2], version: 1, new string('l', 2_000_000));
        var ahead = await ContentAsync(store.Rows[1]);

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(await OpensAsync(store.Rows[0], version: 2), Is.True, "left under the old key");
        Assert.That(await OpensAsync(store.Rows[2], version: 2), Is.True, "a large one is under the old key");
        Assert.That(await ContentAsync(store.Rows[1]), Is.EqualTo(ahead));
        Assert.That(await ContentAsync(store.Rows[3]), Is.EqualTo("__external_storage__"));
        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
        (await Site.RunAsync("verify")).Exits(0);
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    [Test]
    public async Task A_large_one_stays_as_it_is_where_no_key_opens_it_or_it_is_there_already()
    {
        await Site.Database.ExecuteAsync(
            $"UPDATE knowledge_entries SET content = repeat('<p>kept elsewhere</p>', 60000) WHERE id = '{store.Rows[0].Id}'"
        );
        await LeaveAsync(store.Rows[1], version: 2, new string('l', 2_000_000));
        var before = (await ContentAsync(store.Rows[0]), await ContentAsync(store.Rows[1]));

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(
            (await ContentAsync(store.Rows[0]), await ContentAsync(store.Rows[1])),
            Is.EqualTo(before)
        );
        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
        (await Site.RunAsync("verify")).Exits(0);
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    [TestCase(10)]
    [TestCase(2_000_000)]
    public async Task One_of_another_version_fails_its_row_and_moves_neither_row_nor_object(int length)
    {
        Site.HoldKeys(2, 1, 3);
        await LeaveAsync(store.Rows[0], version: 3, new string('l', length));

        var run = (await Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That(
            run["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{store.Rows[0].Id} AuthenticationFailed"])
        );
        Assert.That(await store.OpenAsync(store.Rows[0], 1), Is.Not.Null);
        Assert.That(await OpensAsync(store.Rows[0], version: 3), Is.True);
    }

    [TestCase(10)]
    [TestCase(2_000_002)]
    public async Task One_that_is_followed_by_another_fails_its_row_and_moves_nothing(int length)
    {
        var row = store.Rows[0];
        await LeaveAsync(row, version: 1, new string('l', length));
        await Site.Database.ExecuteAsync(
            $"UPDATE knowledge_entries SET content = content || ',' || content WHERE id = '{row.Id}'"
        );
        var before = await ContentAsync(row);
        Assert.That(before, Does.Contain("=,"));

        var run = (await Site.RunAsync("--output", "json", "rotate")).Exits(3).Json();

        Assert.That(
            run["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{row.Id} MalformedEnvelope"])
        );
        Assert.That(await ContentAsync(row), Is.EqualTo(before));
        Assert.That(await store.OpenAsync(row, 1), Is.Not.Null);
    }

    [Test]
    public async Task One_that_was_put_there_after_the_rotation_is_named_and_keeps_its_key_in_service()
    {
        (await Site.RunAsync("rotate")).Exits(0);
        await LeaveAsync(store.Rows[4], version: 1);

        Assert.That(
            (await Site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("1 external rows, which claim version 2, hold values in column content")
        );
        var verified = (await Site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        Assert.That(
            verified["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{store.Rows[4].Id} AuthenticationFailed"])
        );
        (await Site.RunAsync("rotate")).Exits(3);
    }

    [Test]
    public async Task Another_column_of_the_row_is_rotated_with_the_object()
    {
        await Site.Database.ExecuteAsync("ALTER TABLE knowledge_entries ADD summary text");
        Site.Map = Site
            .Map.Replace("key: storage_key", "key: storage_key, column: content", StringComparison.Ordinal)
            .Replace(
                "content: { format: tenant-aead, context: knowledge_entry }",
                "content: { format: tenant-aead, context: knowledge_entry }\n"
                    + "        summary: { format: tenant-aead, context: summaries, mostlyEmpty: true }",
                StringComparison.Ordinal
            );
        foreach (var row in store.Rows)
            await Site.Database.ExecuteAsync(
                $"UPDATE knowledge_entries SET summary = '{Envelope.Seal(1, row.Tenant, "summaries", "short")}' WHERE id = '{row.Id}'"
            );
        // Beside a large one, what only stands for the value in the store is as long as an envelope.
        await Site.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET content = 's3://knowledge/acme/2025/0b8f5f0e-6f2c-4c59-9d0c-0f4ae7f6b9a1.json',
            summary = '{Envelope.Seal(1, store.Rows[0].Tenant, "summaries", new string('l', 2_000_000))}'
            WHERE id = '{store.Rows[0].Id}'
            """
        );

        (await Site.RunAsync("rotate")).Exits(0);

        foreach (var row in store.Rows)
            Assert.That(
                Opens(
                    await Site.Database.ScalarAsync<string>(
                        $"SELECT summary FROM knowledge_entries WHERE id = '{row.Id}'"
                    ),
                    row.Tenant,
                    "summaries",
                    version: 2
                )
            );
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
    }

    private Task<int> LeaveAsync(ExternalRow row, int version, string text = "left behind") =>
        Site.Database.ExecuteAsync(
            $"UPDATE knowledge_entries SET content = '{Envelope.Seal(version, row.Tenant, "knowledge_entry", text)}' WHERE id = '{row.Id}'"
        );

    private Task<string?> ContentAsync(ExternalRow row) =>
        Site.Database.ScalarAsync<string>($"SELECT content FROM knowledge_entries WHERE id = '{row.Id}'");

    private async Task<bool> OpensAsync(ExternalRow row, int version) =>
        Opens(await ContentAsync(row), row.Tenant, "knowledge_entry", version);

    private static bool Opens(string? stored, string tenant, string context, int version)
    {
        try
        {
            var envelope = Convert.FromBase64String(stored!);
            return Encoding
                    .UTF8.GetString(
                        ReferenceEnvelope.Open(MasterKeys.Values[version], tenant, context, envelope)
                    )
                    .Length > 0;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }
}
