using System.Xml.Linq;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Deployment;

public sealed class ImageTests
{
    [Test]
    public void An_image_that_is_built_without_arguments_has_the_label_of_its_version()
    {
        var version = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;

        Assert.That(
            File.ReadAllLines(Path.Combine(Repository.Root, "infra", "images", "Dockerfile")),
            Does.Contain($"ARG VERSION={version}")
        );
    }
}
