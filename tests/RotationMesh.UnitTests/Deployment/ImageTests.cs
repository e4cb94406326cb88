using System.Xml.Linq;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Deployment;

public sealed class ImageTests
{
    private static string[] Dockerfile =>
        File.ReadAllLines(Path.Combine(Repository.Root, "infra", "images", "Dockerfile"));

    [Test]
    public void An_image_that_is_built_without_arguments_has_the_label_of_its_version()
    {
        var version = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;

        Assert.That(Dockerfile, Does.Contain($"ARG VERSION={version}"));
    }

    [Test]
    public void A_build_takes_the_packages_of_the_lock_files_and_fails_where_something_is_missing() =>
        Assert.That(Dockerfile, Has.Some.StartsWith("ENV CI=true RestoreLockedMode=true "));

    // Those that an engine makes itself have the time of the build.
    [Test]
    public void The_folder_of_a_program_is_copied_with_its_time() =>
        Assert.That(
            Dockerfile.Where(line => line.StartsWith("COPY --from=build ", StringComparison.Ordinal)),
            Is.Not.Empty.And.All.EndsWith("/ /")
        );
}
