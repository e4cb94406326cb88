namespace RotationMesh.CliTests.Verbs;

/// <summary><c>list</c> where there are more rotations than it shows.</summary>
public sealed class ListTests
{
    [Test]
    public async Task It_says_how_many_earlier_ones_are_not_shown()
    {
        await using var site = await Site.LoadAsync("--rows", "20", "--tenants", "1");
        (await site.RunAsync("rotate")).Exits(0);
        await site.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.rotations
            SELECT (jsonb_populate_record(r, jsonb_build_object('correlation_id', gen_random_uuid()))).*
            FROM rotationmesh.rotations r, generate_series(1, 1001)
            """
        );

        var list = (await site.RunAsync("--output", "json", "list")).Exits(0);

        Assert.That(list.Json()["rotations"]!.AsArray(), Has.Count.EqualTo(1000));
        Assert.That((long)list.Json()["more"]!, Is.EqualTo(2));
        Assert.That(list.Error, Does.Contain("2 earlier ones are not shown"));
    }
}
