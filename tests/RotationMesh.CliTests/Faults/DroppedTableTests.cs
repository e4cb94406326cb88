using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Faults;

/// <summary>Somebody dropped a table of the control database, such as that of the audit log.</summary>
public sealed class DroppedTableTests
{
    private const string Drop = "DROP TABLE rotationmesh.audit_events";
    private const string Missing = "table rotationmesh.audit_events of the control database is missing";

    private Site site = null!;

    [SetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "2000", "--tenants", "5");

    [TearDown]
    public async Task Remove() => await site.DisposeAsync();

    [Test]
    public async Task No_rotation_begins_and_the_fix_is_told()
    {
        (await site.RunAsync("rotate", "--only", "connectors")).Exits(0);
        await site.Database.ExecuteAsync(Drop);
        var bytes = await site.Database.BytesAsync();

        Assert.That(
            (await site.RunAsync("rotate")).Refusal(),
            Does.Contain(Missing).And.Contain("Restore it from a backup")
        );
        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(Missing));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task The_log_is_said_to_be_missing()
    {
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(Drop);

        foreach (
            var verb in (string[][])
                [
                    ["audit"],
                    ["audit", "export"],
                ]
        )
            Assert.That((await site.RunAsync(verb)).Exits(3).Error, Does.Contain(Missing));
        var verdict = (await site.RunAsync("--output", "json", "audit", "verify")).Exits(3).Json();
        Assert.That((bool)verdict["ok"]!, Is.False);
        Assert.That(
            verdict["faults"]!.AsArray().Select(fault => (string)fault!["problem"]!),
            Has.Some.Contains(Missing).And.Some.Match("is missing: rotation .* noted it")
        );
    }

    [Test]
    public async Task Whoever_asks_for_rotations_hears_that_they_are_missing()
    {
        (await site.RunAsync("rotate", "--only", "connectors")).Exits(0);
        await site.Database.ExecuteAsync("DROP TABLE rotationmesh.rotations CASCADE");
        const string Gone = "table rotationmesh.rotations of the control database is missing";

        foreach (
            var verb in (string[][])
                [
                    ["status"],
                    ["list"],
                    ["keys"],
                    ["audit", "verify"],
                ]
        )
            Assert.That((await site.RunAsync(verb)).Exits(3).Error, Does.Contain(Gone));
        Assert.That((await site.RunAsync("rotate")).Refusal(), Does.Contain(Gone));
        Assert.That((await site.RunAsync("doctor")).Exits(2).Output, Does.Contain(Gone));
    }

    [TestCase("audit_events")]
    [TestCase("rotations")]
    public async Task A_rotation_that_runs_ends_with_one_error(string table)
    {
        await using var run = site.Command("rotate", "--batch-size", "5", "--workers", "1").Start();
        await Eventually.Holds(
            async () => await site.Database.RowsAsync("encryption_key_version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "the first rows are rotated"
        );
        await site.Database.ExecuteAsync($"DROP TABLE rotationmesh.{table} CASCADE");

        Assert.That(
            (await Site.EndAsync(run)).Exits(3).Error,
            Does.Contain($"rotationmesh: table rotationmesh.{table} of the control database is missing")
        );
    }
}
