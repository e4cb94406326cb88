using System.Collections.Concurrent;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Setting;

/// <summary>
/// Samples that the program has loaded, by the options of <c>sample load</c>: each is loaded once, and a site works in
/// a copy, which takes a tenth of the time.
/// </summary>
internal static class LoadedSamples
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<TestDatabase>>> Samples = new();

    /// <summary>A database of the caller's own with that sample.</summary>
    public static async Task<TestDatabase> CopyAsync(string[] options)
    {
        var sample = await Samples
            .GetOrAdd(string.Join(' ', options), _ => new(() => LoadAsync(options)))
            .Value;
        return await sample.CopyAsync();
    }

    /// <summary>Drops them; sites go on with their copies.</summary>
    public static async Task DropAsync()
    {
        foreach (var sample in Samples.Values.Where(sample => sample.Value.IsCompletedSuccessfully))
            await (await sample.Value).DisposeAsync();
    }

    private static async Task<TestDatabase> LoadAsync(string[] options)
    {
        var database = await TestDatabase.CreateAsync();
        var site = await Site.LoadIntoAsync(database, options);
        Directory.Delete(site.Folder, recursive: true);
        return database;
    }
}
