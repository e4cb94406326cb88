using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Images;

/// <summary>The image of the workers, which <c>infra/images/build.sh</c> has built, and a second build without a cache.</summary>
public sealed class WhenAnImageIsBuiltAgain
{
    private const string Registry = "rotationmesh-again";
    private const string Image = "rotationmesh-worker";
    private const int MostShown = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(45);

    private static readonly string First = $"{Image}:{ImageNames.Version}";
    private static readonly string Again = $"{Registry}/{First}";

    private HashSet<string> others = [];

    [OneTimeSetUp]
    public async Task Build()
    {
        others = await UntaggedAsync();
        var build = new CommandLine(Path.Combine(RepositoryRoot.Path, "infra/images/build.sh"), "--no-cache")
        {
            Environment = new Dictionary<string, string?> { ["REGISTRY"] = Registry, ["TARGETS"] = "worker" },
        };
        (await build.RunAsync(Deadline)).Exits(0);
    }

    // Stages of the build are images without a tag; those of other builds are left alone, for they are a cache.
    [OneTimeTearDown]
    public async Task Remove() =>
        await DockerCommand.TryAsync([
            "image",
            "rm",
            Again,
            $"{Registry}/{Image}:latest",
            .. (await UntaggedAsync()).Except(others),
        ]);

    [Test]
    public async Task Its_layers_are_the_same()
    {
        var layers = await LayersAsync(First);
        var later = await LayersAsync(Again);

        if (layers != later)
            Assert.Fail($"{layers}\n{later}\n{await DifferencesAsync()}");
    }

    // Builds write to this folder alone.
    private static async Task<string> DifferencesAsync()
    {
        var files = await DockerCommand.ContentsAsync(First, "app");
        var later = await DockerCommand.ContentsAsync(Again, "app");
        string[] differences =
        [
            .. files.Except(later).Select(file => $"- {file}"),
            .. later.Except(files).Select(file => $"+ {file}"),
        ];
        return differences.Length == 0
            ? "no file of /app differs"
            : string.Join('\n', differences.Take(MostShown));
    }

    private static Task<string> LayersAsync(string image) =>
        DockerCommand.InspectAsync(image, "{{json .RootFS.Layers}}");

    private static async Task<HashSet<string>> UntaggedAsync()
    {
        var ids = await DockerCommand.RunAsync(
            "images",
            "--quiet",
            "--no-trunc",
            "--filter",
            "dangling=true"
        );
        return [.. ids.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
