namespace RotationMesh.CliTests.Rotating;

/// <summary>Tables without a row, as in a database that the map leads to by mistake.</summary>
public sealed class WhenThereIsNoRow
{
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
