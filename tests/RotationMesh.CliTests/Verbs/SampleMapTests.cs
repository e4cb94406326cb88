namespace RotationMesh.CliTests.Verbs;

/// <summary><c>sample map</c>, which needs neither map nor database.</summary>
public sealed class SampleMapTests
{
    [Test]
    public async Task It_prints_the_map_or_one_document_with_it()
    {
        var text = (await InProcess.RunAsync([], ["sample", "map"])).Exits(0).Output;
        var document = (await InProcess.RunAsync([], ["sample", "map", "--output", "json"])).Exits(0).Json();

        Assert.That(text, Does.Contain("scopes:"));
        Assert.That((string)document["map"]!, Is.EqualTo(text));
    }
}
