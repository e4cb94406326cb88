namespace RotationMesh.CliTests.Rotating;

/// <summary>A dry run over sound and damaged rows.</summary>
public sealed class DryRunTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "1500", "--external", "3");
        await Damage.DoAsync(site.Database);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Writes_nothing()
    {
        var bytes = await site.Database.BytesAsync();
        var updates = await site.Database.WrittenAsync();
        (await site.RunAsync("rotate", "--dry-run")).Exits(3);
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.WrittenAsync(), Is.EqualTo(updates));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task Says_what_it_cannot_know()
    {
        var outcome = (await site.RunAsync("--output", "json", "rotate", "--dry-run")).Exits(3);
        Assert.That(
            outcome.Error,
            Does.Contain("can't know which rows constraints and triggers will refuse")
        );
        Assert.That(outcome.Json()["notes"]!.ToJsonString(), Does.Contain("constraints and triggers"));
    }

    [Test]
    public async Task Finds_every_row_that_the_real_run_fails_on()
    {
        var outcome = await site.RunAsync("--output", "json", "rotate", "--dry-run", "--batch-size", "2");
        var dry = outcome.Exits(3).Json();
        var real = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();
        Assert.That((bool)dry["dryRun"]!, Is.True);
        Assert.That(dry.Failures(), Is.Not.Empty.And.EquivalentTo(real.Failures()));
    }

    [Test]
    public async Task Foretells_the_figures_of_the_real_run()
    {
        var dry = (await site.RunAsync("--output", "json", "rotate", "--dry-run")).Exits(3).Json();
        var real = (await site.RunAsync("--output", "json", "rotate")).Exits(3).Json();
        foreach (var name in (string[])["rows", "rotated", "current", "external", "failed"])
            Assert.That(dry.Total(name), Is.EqualTo(real.Total(name)), name);
    }
}
