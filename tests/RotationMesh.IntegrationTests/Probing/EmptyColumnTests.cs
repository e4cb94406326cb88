using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Probing;

/// <summary>A declared column or path at which no row holds a value: nothing is written, and the message leads to the right one.</summary>
public sealed class EmptyColumnTests
{
    [TestCase("credential", """{"credentials": "@", "url": "x"}""", "keys credentials, url", "'credentials'")]
    [TestCase(
        "remote.tokn",
        """{"remote": {"token": "@"}}""",
        "at remote the documents have the key token",
        "'remote.token'"
    )]
    [TestCase(
        "remotes.token",
        """{"remote": {"token": "@"}}""",
        "the documents have the key remote",
        "'remote.token'"
    )]
    [TestCase(
        "items.token",
        """{"items": [{"token": "@"}]}""",
        "an array of up to 1 elements, of which a path names one by its number"
    )]
    [TestCase("0.token", """{"token": "@"}""", "an object, and no array, with the key token")]
    [TestCase(
        "items.7.token",
        """{"items": [{"token": "@"}]}""",
        "at items the documents have an array of up to 1 elements"
    )]
    [TestCase(
        "credentials.token",
        """{"credentials": "@"}""",
        "at credentials the documents have no object but a string"
    )]
    [TestCase(
        "token",
        """{"token": null, "tokens": "@"}""",
        "the key token, and nothing or null there",
        "'tokens'"
    )]
    public async Task A_path_that_leads_nowhere_is_refused_before_anything_is_written(
        string path,
        string document,
        params string[] words
    )
    {
        await using var fixture = await WithDocumentsAsync(path, document);

        var refusals = new List<string>
        {
            Refusal(() => fixture.RotateAsync(dryRun: true)),
            Refusal(() => fixture.RotateAsync()),
            Refusal(() => fixture.VerifyAsync()),
        };

        foreach (var refusal in refusals)
        {
            Assert.That(
                refusal,
                Does.StartWith(
                    $"table notes (scope notes, database app): no row holds a value in column \"settings\" (path {path})"
                )
            );
            Assert.That(refusal, Does.Contain("line 9").And.Contains("mostlyEmpty: true"));
            Assert.That(
                words,
                Is.All.Matches<string>(word => refusal.Contains(word, StringComparison.Ordinal)),
                refusal
            );
            Assert.That(
                refusal,
                Does.Not.Contain(
                    await fixture.ScalarAsync<string>("SELECT left(body, 20) FROM notes LIMIT 1")
                )
            );
        }

        Assert.That(await fixture.ScalarAsync<int>("SELECT max(version) FROM notes"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_column_that_is_empty_in_every_row_is_refused_and_named()
    {
        await using var fixture = await Fixture.CreateAsync(WithRefresh(mostlyEmpty: false));
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN refresh text");
        await fixture.InsertAsync(Note.Many(3));
        await fixture.ExecuteAsync("UPDATE notes SET refresh = '' WHERE id = 'n00001'");

        Assert.That(
            Refusal(() => fixture.RotateAsync()),
            Does.Contain("no row holds a value in column \"refresh\"").And.Contains("mostlyEmpty: true")
        );
    }

    [Test]
    public async Task A_column_that_may_be_empty_is_rotated_with_the_rest()
    {
        await using var fixture = await Fixture.CreateAsync(WithRefresh(mostlyEmpty: true));
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN refresh text");
        await fixture.InsertAsync(Note.Many(3));

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Single().Sparse, Is.Empty);
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_tenant_without_a_value_is_judged_by_the_whole_table()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("n1", "empty") with { Body = null }, Note.Of("n2", "acme")]);

        var report = await fixture.RotateAsync(tenants: ["empty"]);

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That((report.Tables.Single().Rotated, report.Tables.Single().Empty), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_tenant_of_a_table_without_any_value_is_refused()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([
            Note.Of("n1", "one") with
            {
                Body = null,
            },
            Note.Of("n2", "two") with
            {
                Body = "",
            },
        ]);

        Assert.That(
            Refusal(() => fixture.RotateAsync(tenants: ["one"])),
            Does.Contain("no row holds a value")
        );
    }

    [Test]
    public async Task A_table_without_rows_is_nobodys_fault()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();

        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [Test]
    public async Task A_column_with_few_values_is_told_of()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(21));
        await fixture.ExecuteAsync("UPDATE notes SET body = NULL WHERE id > 'n00002'");

        foreach (var dryRun in new[] { true, false })
        {
            var sparse = (await fixture.RotateAsync(dryRun: dryRun)).Tables.Single().Sparse.Single();

            Assert.That((sparse.Column, sparse.Values, sparse.Rows), Is.EqualTo(("\"body\"", 2, 21)));
        }
    }

    [TestCase("items.0.token", """{"items": [{"token": "@"}, {"token": "@"}]}""")]
    [TestCase("items.-1.token", """{"items": [{"token": "@"}, {"token": "@"}]}""")]
    [TestCase("items.0", """{"items": ["@", "@"]}""")]
    public async Task Other_elements_with_envelopes_are_refused(string path, string document)
    {
        await using var fixture = await WithDocumentsAsync(path, document);

        Assert.That(
            Refusal(() => fixture.RotateAsync()),
            Does.Contain("names one element of an array, and others hold what looks like envelopes")
        );
    }

    [TestCase("""{"items": [{"token": "@"}, {"token": "none"}]}""")]
    [TestCase("""{"items": [{"token": "@"}, {"other": "@"}, 5, null]}""")]
    public async Task Other_elements_without_envelopes_there_are_left_to_the_scan(string document)
    {
        await using var fixture = await WithDocumentsAsync("items.0.token", document);

        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    private static TableEntry WithRefresh(bool mostlyEmpty) =>
        Entries.Notes with
        {
            Columns = [Entries.Column("body"), Entries.Column("refresh") with { MostlyEmpty = mostlyEmpty }],
        };

    // Two rows whose document is that one, with an envelope wherever it has an @.
    private static async Task<Fixture> WithDocumentsAsync(string path, string document)
    {
        var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns = [Entries.Column("body"), Entries.Column("settings", path)],
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN settings jsonb");
        await fixture.InsertAsync([Note.Of("n1"), Note.Of("n2")]);
        await fixture.ExecuteAsync(
            "UPDATE notes SET settings = @document::jsonb",
            new { document = document.Replace("@", Value.Seal("token", "acme"), StringComparison.Ordinal) }
        );
        return fixture;
    }

    private static string Refusal(Func<Task> act) => Assert.ThrowsAsync<UsageException>(() => act())!.Message;
}
