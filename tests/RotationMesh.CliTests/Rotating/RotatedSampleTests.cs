using System.Text.Json.Nodes;

namespace RotationMesh.CliTests.Rotating;

/// <summary>A rotation of the sound sample, and what it says.</summary>
public sealed class RotatedSampleTests
{
    private Site site = null!;
    private IReadOnlyDictionary<string, string> plaintexts = null!;
    private ProcessOutcome first = null!;
    private ProcessOutcome second = null!;

    [OneTimeSetUp]
    public async Task Rotate_twice()
    {
        site = await Site.LoadAsync("--rows", "2500", "--external", "7");
        plaintexts = await site.Database.OpenAsync(1);
        first = (await site.RunAsync("--output", "json", "rotate")).Exits(0);
        second = (await site.RunAsync("--output", "json", "rotate")).Exits(0);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public void The_document_tells_what_was_done()
    {
        var document = first.Json();
        Assert.Multiple(() =>
        {
            Assert.That(Guid.TryParse((string)document["rotationId"]!, out _), Is.True);
            Assert.That(document.State(), Is.EqualTo("Completed"));
            Assert.That((bool)document["dryRun"]!, Is.False);
            Assert.That((int)document["targetVersion"]!, Is.EqualTo(2));
            Assert.That((double)document["elapsedSeconds"]!, Is.GreaterThan(0));
            Assert.That(document.Total("external"), Is.EqualTo(7));
            Assert.That(document.Total("current"), Is.Zero);
            Assert.That(document.Total("failed"), Is.Zero);
            Assert.That(document.Total("conflicts"), Is.Zero);
            Assert.That(document.Failures(), Is.Empty);
            Assert.That((string?)document["verify"], Is.Null, "nobody said how much");
            Assert.That((string?)document["mapHash"], Has.Length.EqualTo(64));
            Assert.That((bool)document["otherMap"]!, Is.False);
        });
    }

    [Test]
    public async Task Every_row_of_each_table_is_accounted_for()
    {
        var document = first.Json();
        foreach (var table in SampleTables.Encrypted)
        {
            var rows = await site.Database.ScalarAsync<long>($"SELECT count(*) FROM {table}");
            Assert.That((long)document.Table(table)["rows"]!, Is.EqualTo(rows), table);
        }

        Assert.That(document.Total("rows"), Is.EqualTo(await site.Database.RowsAsync()));
    }

    [Test]
    public void The_figures_add_up()
    {
        var document = first.Json();
        var scopes = document["scopes"]!.AsArray();
        foreach (var figures in scopes.Append(document["totals"]))
            Assert.That(Parts(figures!).Sum(), Is.EqualTo((long)figures!["rows"]!), $"{figures}");
        foreach (var name in (string[])["rows", "rotated", "current", "external", "failed", "conflicts"])
            Assert.That(scopes.Sum(figures => (long)figures![name]!), Is.EqualTo(document.Total(name)), name);
        Assert.That(
            scopes.Select(figures => $"{figures!["scope"]}/{figures["table"]}"),
            Is.EqualTo(
                (string[])
                    ["connectors/connectors", "knowledge/knowledge_entries", "knowledge/knowledge_sources"]
            )
        );
    }

    [Test]
    public void People_read_their_table_on_standard_error()
    {
        Assert.That(first.Error, Does.Contain("Rotated").And.Contain("knowledge_entries"));
        Assert.That(first.Error, Does.Contain("7 external rows"));
    }

    [Test]
    public async Task External_rows_that_keep_their_key_are_noted_wherever_it_is_told_to_be_complete()
    {
        const string told = "7 external rows keep their old key";
        Assert.That(first.Json()["notes"]!.AsArray().Select(note => (string)note!), Has.One.StartsWith(told));
        Assert.That(
            (await site.RunAsync("watch")).Exits(0).Output,
            Does.Contain("every row is at version 2, but for 7 external ones")
        );
        Assert.That(
            (await site.RunAsync("report")).Exits(0).Output,
            Does.Contain(told).And.Contain(", but for 7 external ones, which keep their old")
        );
    }

    [Test]
    public async Task Each_value_is_the_same_under_the_new_key_and_unreadable_under_the_old_one()
    {
        Assert.That(plaintexts, Is.Not.Empty);
        Assert.That(await site.Database.OpenAsync(2), Is.EquivalentTo(plaintexts));
        Assert.That(await site.Database.OpenAsync(1), Is.Empty);
    }

    [Test]
    public void The_second_rotation_finds_every_row_current()
    {
        var document = second.Json();
        Assert.Multiple(() =>
        {
            Assert.That(document.State(), Is.EqualTo("Completed"));
            Assert.That(document.Total("rotated"), Is.Zero);
            Assert.That(
                document.Total("current"),
                Is.EqualTo(first.Json().Total("rotated")),
                "all but the external rows"
            );
            Assert.That(document.Total("rows"), Is.EqualTo(first.Json().Total("rows")));
        });
    }

    [Test]
    public async Task Text_mode_puts_the_table_on_standard_output()
    {
        var outcome = (await site.RunAsync("rotate")).Exits(0);
        Assert.That(outcome.Output, Does.Contain("Current").And.Contain("knowledge_entries"));
        Assert.That(
            outcome.Output,
            Does.Contain(
                $"Completed: every row is at version 2, but for 7 external ones; all {first.Json().Total("rotated"):N0} rows decrypted"
            )
        );
        Assert.That(outcome.Error, Does.Not.Contain("knowledge_entries"));
    }

    [Test]
    public async Task Where_a_sample_was_decrypted_it_says_so()
    {
        await using var large = await Site.LoadAsync("--rows", "5000", "--tenants", "5");
        var outcome = (await large.RunAsync("rotate", "--verify", "sample:10%")).Exits(0);
        Assert.That(
            outcome.Output,
            Does.Match(@"Completed: .* a [\d.]+ % sample of [\d,]+ rows decrypted again")
        );
        var shown = (await large.RunAsync("--output", "json", "status")).Exits(0).Json();
        Assert.That((string?)shown["verify"], Is.EqualTo("sample:10%"));
    }

    private static IEnumerable<long> Parts(JsonNode figures) =>
        new[] { "rotated", "current", "external", "failed" }.Select(name => (long)figures[name]!);
}
