using RotationMesh.Core.Map;
using RotationMesh.MapFile;

namespace RotationMesh.UnitTests.MapFile;

/// <summary>A folder of its own for the map files of one test.</summary>
internal sealed class MapFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rotation-map-");

    /// <summary>The JSON Schema that lies beside the program.</summary>
    public static string Schema =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rotation.schema.json"));

    public string FilePath => Path.Combine(folder.FullName, "rotation.yaml");

    /// <summary>Writes the text as a map file and reads it.</summary>
    public static RotationMap Read(string yaml, Func<string, string?>? variable = null)
    {
        using var folder = new MapFolder();
        File.WriteAllText(folder.FilePath, yaml);
        return RotationMapReader.Read(folder.FilePath, variable ?? (_ => null));
    }

    /// <summary>The message with which a map file of this text is refused; the folder is taken off its front.</summary>
    public static string Refusal(string yaml, Func<string, string?>? variable = null)
    {
        using var folder = new MapFolder();
        File.WriteAllText(folder.FilePath, yaml);
        return folder.Refusal(variable);
    }

    /// <summary>The message with which the folder's map file is refused.</summary>
    public string Refusal(Func<string, string?>? variable = null)
    {
        var refusal = Assert.Throws<Core.UsageException>(() =>
            RotationMapReader.Read(FilePath, variable ?? (_ => null))
        );
        Assert.That(refusal.Message, Does.StartWith(FilePath + ":"));
        return refusal.Message[(folder.FullName.Length + 1)..];
    }

    public void Dispose() => folder.Delete(recursive: true);
}
