using System.Xml.Linq;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>Names of images: those of the programs, and the settings of <c>compose/</c>.</summary>
internal static class ImageNames
{
    /// <summary>The programs' own, as <c>compose/</c> calls them.</summary>
    public static readonly string[] Programs =
    [
        "rotationmesh-coordinator",
        "rotationmesh-worker",
        "rotationmesh",
    ];

    /// <summary>The tag that <c>infra/images/build.sh</c> gives: the version of the sources.</summary>
    public static string Version =>
        XDocument
            .Load(Path.Combine(RepositoryRoot.Path, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;

    /// <summary>What they are made of.</summary>
    public static string Runtime =>
        Setting("RUNTIME_IMAGE", "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled");

    /// <summary>The server's, which has a shell.</summary>
    public static string Postgres => Setting("POSTGRES_IMAGE", "postgres:17");

    /// <summary>Whether images are those that <c>infra/docker/base-images.sh</c> makes where there is no registry.</summary>
    public static bool AreMadeHere =>
        Setting("SDK_IMAGE", "").StartsWith("rotationmesh-base/", StringComparison.Ordinal);

    /// <summary>Whether the image of a setting, or else its default, is on this machine.</summary>
    public static async Task<bool> IsHereAsync(string setting, string fallback) =>
        (await DockerCommand.TryAsync("image", "inspect", Setting(setting, fallback))).ExitCode == 0;

    private static string Setting(string name, string fallback) => Missing.Variable(name) ?? fallback;
}
