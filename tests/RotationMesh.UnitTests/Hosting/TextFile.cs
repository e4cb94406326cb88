namespace RotationMesh.UnitTests.Hosting;

/// <summary>A file with a text, for one test.</summary>
internal sealed class TextFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rotationmesh-");

    public TextFile(string text)
    {
        Path = System.IO.Path.Combine(folder.FullName, "file");
        File.WriteAllText(Path, text);
    }

    public string Path { get; }

    public void Dispose() => folder.Delete(recursive: true);
}
