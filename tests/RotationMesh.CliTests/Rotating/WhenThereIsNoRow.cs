namespace RotationMesh.CliTests.Rotating;

/// <summary>Tables without a row, as in a database that the map leads to by mistake.</summary>
public sealed class WhenThereIsNoRow
{
    [Test]
    public async Task No_version_is_retired_until_a_rotation_has_put_the_databases_on_record()
    {
        await using var site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        await site.Database.ExecuteAsync($"TRUNCATE {string.Join(", ", SampleTables.Encrypted)} CASCADE");

        var keys = (await site.RunAsync("--output", "json", "keys")).Exits(0).Json();
        var refused = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(4).Json();
        (await site.RunAsync("rotate")).Exits(0);
        var retired = (await site.RunAsync("--output", "json", "keys", "retire", "1")).Exits(0).Json();

        Assert.That(
            keys["keys"]!.AsArray().Select(key => (bool)key!["safeToRetire"]!),
            Is.All.False,
            "of keys"
        );
        Assert.That(
            refused["inTheWay"]!.AsArray().Select(reason => (string)reason!),
            Has.One.StartsWith("no row was found")
        );
        Assert.That(((bool)retired["retired"]!, (long)retired["rows"]!), Is.EqualTo((true, 0L)));
    }

    [Test]
    public async Task Verification_says_that_it_found_nothing()
    {
        await using var site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        await site.Database.ExecuteAsync($"TRUNCATE {string.Join(", ", SampleTables.Encrypted)} CASCADE");

        var document = (await site.RunAsync("--output", "json", "verify")).Exits(0).Json();

        Assert.That(
            document["notes"]!.AsArray().Select(note => (string)note!),
            Has.One.StartsWith("no row was found")
        );
    }

    [Test]
    public async Task A_rotation_that_has_nothing_to_do_says_that_it_found_nothing()
    {
        await using var site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        await site.Database.ExecuteAsync($"TRUNCATE {string.Join(", ", SampleTables.Encrypted)} CASCADE");

        var document = (await site.RunAsync("--output", "json", "rotate")).Exits(0).Json();

        Assert.That(document.State(), Is.EqualTo("Completed"));
        Assert.That(
            document["notes"]!.AsArray().Select(note => (string)note!),
            Has.One.StartsWith("no row was found")
        );
    }
}
