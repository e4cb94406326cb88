using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>Samples that the program has loaded, by the options of <c>sample load</c>.</summary>
internal static class LoadedSamples
{
    /// <summary>A database of the caller's own with that sample.</summary>
    public static Task<TestDatabase> CopyAsync(string[] options) =>
        TemplateDatabases.CopyAsync(string.Join(' ', options), database => LoadAsync(database, options));

    private static async Task LoadAsync(TestDatabase database, string[] options)
    {
        var site = await Site.LoadIntoAsync(database, options);
        Directory.Delete(site.Folder, recursive: true);
    }
}
