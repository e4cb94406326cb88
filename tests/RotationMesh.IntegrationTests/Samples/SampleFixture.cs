using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.MapFile;
using RotationMesh.Sample;

namespace RotationMesh.IntegrationTests.Samples;

/// <summary>Loads the sample into a database of a test and reads its own map.</summary>
internal static class SampleFixture
{
    /// <summary>An empty database; the map is the sample's.</summary>
    public static async Task<Fixture> CreateAsync() => await Fixture.CreateAsync([.. Tables()]);

    public static Task<SampleTotals> LoadAsync(this Fixture fixture, SampleOptions options) =>
        new SampleLoader(fixture.Source, fixture.Ring, options).LoadAsync(null, CancellationToken.None);

    private static IEnumerable<TableEntry> Tables()
    {
        var folder = Directory.CreateTempSubdirectory("rotationmesh-");
        try
        {
            var path = Path.Combine(folder.FullName, "rotation.yaml");
            File.WriteAllText(path, SampleMap.Yaml("DATABASE"));
            return [.. RotationMapReader.Read(path, _ => "Host=db").Tables];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
