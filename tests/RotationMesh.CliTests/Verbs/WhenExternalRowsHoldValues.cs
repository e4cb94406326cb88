namespace RotationMesh.CliTests.Verbs;

/// <summary>A row whose value lives elsewhere has another value in the table, and no store of the map rotates it.</summary>
public sealed class WhenExternalRowsHoldValues
{
    private const string Claims = "decrypt with key version 1";

    private static readonly string[] LeftOut =
    [
        "--skip-scan-of",
        "app.public.knowledge_entries.content",
        "--skip-scan-of",
        "app.public.knowledge_entries.summary",
    ];

    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "300", "--tenants", "5", "--external", "5");
        await site.Database.ExecuteAsync("ALTER TABLE knowledge_entries ADD summary text");
        site.Map = site.Map.Replace(
            "content: { format: tenant-aead, context: knowledge_entry }",
            "content: { format: tenant-aead, context: knowledge_entry }\n"
                + "        summary: { format: tenant-aead, context: summaries, mostlyEmpty: true }",
            StringComparison.Ordinal
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task The_version_is_not_retired_until_it_is_gone_however_the_row_is_labelled()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await SummarizeAsync(version: 1);
        // By hand, as somebody does who has rotated the objects himself.
        await site.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET encryption_key_version = 2 WHERE content = '__external_storage__'"
        );

        Assert.That(
            (await site.RunAsync("keys", "retire", "1", "--skip-scan", "--reason", "it is trimmed"))
                .Exits(4)
                .Output,
            Does.Contain("In the way: ").And.Contain("column summary").And.Contain(Claims)
        );
        var refused = (await site.RunAsync("keys", "retire", "1")).Exits(4);
        Assert.That(
            refused.Output,
            Does.Contain("5 external rows, which claim version 2, hold values in column summary")
        );
        Assert.That(
            (await site.RunAsync("keys")).Exits(0).Output,
            Does.Contain("column summary").And.Contain(Claims)
        );
        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(Claims));
        var verified = (await site.RunAsync("--output", "json", "verify")).Exits(3).Json();
        Assert.That(
            verified["failures"]!.AsArray().Select(failure => (string)failure!["error"]!),
            Is.EqualTo(Enumerable.Repeat("AuthenticationFailed", 5))
        );
        Assert.That(
            (await site.RunAsync("rotate")).Exits(3).Output,
            Does.Contain("column summary").And.Contain(Claims)
        );

        await SummarizeAsync(version: 2);
        (await site.RunAsync("verify")).Exits(0);
        (await site.RunAsync("rotate")).Exits(0);
        // Nobody can tell whether the objects are as their rows say, but the one who rotated them.
        var unproven = (await site.RunAsync("keys", "retire", "1")).Exits(4);
        Assert.That(
            unproven.Output,
            Does.Contain("5 external values, which claim version 2, can't be decrypted")
                .And.Contain(string.Join(' ', LeftOut))
        );
        Assert.That(
            (await site.RunAsync(["keys", "retire", "1", .. LeftOut, "--reason", "rotated by hand"]))
                .Exits(0)
                .Output,
            Does.Contain("as far as anybody can tell: 5 external values were not decrypted")
                .And.Contain("(rotated by hand)")
        );
        Assert.That(
            (await site.RunAsync("audit")).Exits(0).Output,
            Does.Contain("5 external values that nobody decrypted")
        );
    }

    private async Task SummarizeAsync(int version)
    {
        var rows = await site.Database.QueryAsync<Row>(
            """
            SELECT id, coalesce("tenantId", 'company_hq') AS tenant FROM knowledge_entries
            WHERE content = '__external_storage__' ORDER BY id
            """
        );
        foreach (var row in rows)
            await site.Database.ExecuteAsync(
                $"UPDATE knowledge_entries SET summary = '{Envelope.Seal(version, row.Tenant, "summaries", "short")}' WHERE id = '{row.Id}'"
            );
    }

    private sealed record Row(string Id, string Tenant);
}
