using System.Text.Json.Nodes;

namespace RotationMesh.CliTests.Rotating;

/// <summary>Rows that can't be decrypted, among sound ones.</summary>
public sealed class DamagedRowsTests
{
    private Site site = null!;
    private IReadOnlyList<Damage> damaged = null!;
    private IReadOnlyDictionary<string, string> before = null!;
    private IReadOnlyDictionary<string, string> after = null!;
    private ProcessOutcome rotated = null!;
    private ProcessOutcome listed = null!;
    private ProcessOutcome repaired = null!;

    [OneTimeSetUp]
    public async Task Rotate_list_repair_and_rotate_again()
    {
        site = await Site.LoadAsync("--rows", "1500");
        damaged = await Damage.DoAsync(site.Database);
        before = await BytesOfDamagedAsync();
        rotated = await site.RunAsync("--output", "json", "rotate");
        after = await BytesOfDamagedAsync();
        listed = (await site.RunAsync("--output", "json", "failures")).Exits(0);
        foreach (var damage in damaged)
            await site.Database.ExecuteAsync(damage.Repair);
        repaired = await site.RunAsync("--output", "json", "rotate");
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public void The_exit_code_tells_that_rows_are_left()
    {
        var document = rotated.Exits(3).Json();
        Assert.Multiple(() =>
        {
            Assert.That(document.State(), Is.EqualTo("CompletedWithFailures"));
            Assert.That(document.Total("failed"), Is.EqualTo(damaged.Count));
            Assert.That(
                document.Total("rotated"),
                Is.EqualTo(document.Total("rows") - damaged.Count),
                "all others"
            );
        });
    }

    [Test]
    public void Each_is_listed_with_its_key_and_error_class() =>
        Assert.That(
            rotated.Json().Failures(),
            Is.EquivalentTo(damaged.Select(damage => (damage.Table, damage.Id, damage.Error)))
        );

    [Test]
    public void Each_is_listed_with_tenant_and_the_version_that_it_claims() =>
        Assert.That(
            rotated.Json()["failures"]!
                .AsArray()
                .Select(failure => ((string?)failure!["tenant"], (int)failure["version"]!)),
            Has.All.Matches<(string? Tenant, int Version)>(row =>
                row is { Tenant.Length: > 0, Version: 1 or 99 }
            )
        );

    [Test]
    public void None_is_touched() => Assert.That(after, Is.EqualTo(before));

    [Test]
    public void The_verb_failures_lists_the_same_rows()
    {
        var document = listed.Json();
        Assert.That(document.Failures(), Is.EquivalentTo(rotated.Json().Failures()));
        Assert.That((string)document["rotationId"]!, Is.EqualTo((string)rotated.Json()["rotationId"]!));
    }

    [Test]
    public void The_verb_failures_counts_them_by_table_and_cause()
    {
        var document = listed.Json();
        Assert.That((long)document["total"]!, Is.EqualTo(damaged.Count));
        Assert.That(
            document["causes"]!.AsArray().Select(Cause),
            Is.EquivalentTo(
                damaged
                    .GroupBy(damage => (damage.Table, damage.Error))
                    .Select(group => (group.Key.Table, group.Key.Error, group.LongCount()))
            )
        );
    }

    [Test]
    public void After_repair_only_they_are_rotated()
    {
        var document = repaired.Exits(0).Json();
        Assert.Multiple(() =>
        {
            Assert.That(document.State(), Is.EqualTo("Completed"));
            Assert.That(document.Total("rotated"), Is.EqualTo(damaged.Count));
            Assert.That(document.Total("current"), Is.EqualTo(rotated.Json().Total("rotated")));
        });
    }

    private static (string, string, long) Cause(JsonNode? cause) =>
        ((string)cause!["table"]!, (string)cause["error"]!, (long)cause["rows"]!);

    private async Task<IReadOnlyDictionary<string, string>> BytesOfDamagedAsync()
    {
        var bytes = new Dictionary<string, string>();
        foreach (var damage in damaged)
            bytes[$"{damage.Table}/{damage.Id}"] = (
                await site.Database.ScalarAsync<string>(
                    $"SELECT concat(ctid, xmin, t) FROM {damage.Table} AS t WHERE id = '{damage.Id}'"
                )
            )!;
        return bytes;
    }
}
