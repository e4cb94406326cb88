namespace RotationMesh.CliTests.Rotating;

/// <summary>A target version that is not the current one.</summary>
public sealed class TargetVersionTests
{
    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "300", "--tenants", "4");
        site.HoldKeys(3, 1, 2);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Rows_are_encrypted_with_the_key_of_the_target()
    {
        var plaintexts = await site.Database.OpenAsync(1);
        var outcome = await site.RunAsync("--output", "json", "rotate", "--target-version", "2");
        Assert.That((int)outcome.Exits(0).Json()["targetVersion"]!, Is.EqualTo(2));
        Assert.That(await site.Database.OpenAsync(2), Is.EquivalentTo(plaintexts));
        Assert.That(
            await site.Database.RowsAsync("encryption_key_version = 2"),
            Is.EqualTo(await site.Database.RowsAsync())
        );
    }

    [Test]
    public async Task Rows_verify_with_a_ring_that_holds_the_target_alone()
    {
        (await site.RunAsync("rotate", "--target-version", "2")).Exits(0);
        site.HoldKeys(2);
        (await site.RunAsync("verify")).Exits(0);
    }

    [Test]
    public async Task A_target_that_the_ring_lacks_is_refused_and_the_versions_are_named()
    {
        var bytes = await site.Database.BytesAsync();
        var line = (await site.RunAsync("rotate", "--target-version", "4")).Refusal();
        Assert.That(line, Does.Contain("version 4").And.Contain("1, 2, 3"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [Test]
    public async Task Rows_above_the_target_are_left_and_listed()
    {
        (await site.RunAsync("rotate")).Exits(0);
        var bytes = await site.Database.BytesAsync();
        var document = (await site.RunAsync("--output", "json", "rotate", "--target-version", "2"))
            .Exits(3)
            .Json();
        Assert.That(document.Total("rotated"), Is.Zero);
        Assert.That(document.Total("failed"), Is.EqualTo(document.Total("rows")));
        Assert.That(document.Failures().Select(failure => failure.Error), Is.All.EqualTo("NewerVersion"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Rows_above_the_current_version_are_left_and_the_way_down_is_named()
    {
        (await site.RunAsync("rotate")).Exits(0);
        site.HoldKeys(2, 1, 3);
        var bytes = await site.Database.BytesAsync();
        foreach (string[] way in new[] { new[] { "--dry-run" }, [] })
            Assert.That(
                (await site.RunAsync(["rotate", .. way])).Exits(3).Output,
                Does.Contain("Rows above version 2 are left as they are").And.Contain("--allow-downgrade")
            );
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }

    [Test]
    public async Task Rows_above_the_target_go_down_where_that_is_allowed()
    {
        (await site.RunAsync("rotate")).Exits(0);
        var plaintexts = await site.Database.OpenAsync(3);
        var outcome = await site.RunAsync(
            "--output",
            "json",
            "rotate",
            "--target-version",
            "1",
            "--allow-downgrade"
        );
        var document = outcome.Exits(0).Json();
        Assert.That(document.Total("rotated"), Is.EqualTo(document.Total("rows")));
        Assert.That(await site.Database.OpenAsync(1), Is.EquivalentTo(plaintexts));
    }
}
