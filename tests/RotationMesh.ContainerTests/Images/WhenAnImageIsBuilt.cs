using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Images;

/// <summary>What a build of the images reads, of a folder where somebody works.</summary>
public sealed class WhenAnImageIsBuilt
{
    private const string Image = "rotationmesh-context";

    private static readonly string[] Needed = ["src/A/A.cs", "infra/publish.sh", "LICENSE"];

    private static readonly string[] Others =
    [
        ".env",
        "rotation.yaml",
        "worker.secrets",
        "secrets/env",
        "src/.env",
        "src/A/bin/A.dll",
        "infra/helm/values.yaml",
    ];

    private string folder = "";

    [SetUp]
    public void Create() => folder = Directory.CreateTempSubdirectory("rotationmesh-context-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task The_sources_are_read_and_no_secret_beside_them()
    {
        const string Copy = "context/";
        File.Copy(Path.Combine(RepositoryRoot.Path, ".dockerignore"), Path.Combine(folder, ".dockerignore"));
        Write("Dockerfile", $"FROM scratch\nCOPY . /{Copy}\nCMD [\"nothing\"]\n");
        foreach (var file in Needed.Concat(Others))
            Write(file, "");

        await DockerCommand.RunAsync("build", "--quiet", "--tag", Image, folder);
        var read = (await DockerCommand.FilesAsync(Image))
            .Where(path => path.StartsWith(Copy, StringComparison.Ordinal) && !path.EndsWith('/'))
            .Select(path => path[Copy.Length..])
            .ToList();
        await DockerCommand.RunAsync("image", "rm", Image);

        Assert.That(read, Is.EquivalentTo(Needed));
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
