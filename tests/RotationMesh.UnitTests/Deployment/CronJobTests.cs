using System.Xml.Linq;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Deployment;

/// <summary>The example of a CronJob without the chart, in <c>infra/schedules</c>.</summary>
public sealed class CronJobTests
{
    private const string User = "USER ";

    [Test]
    public void It_runs_the_image_of_this_version()
    {
        var version = XDocument
            .Load(Path.Combine(Repository.Root, "Directory.Build.props"))
            .Descendants("Version")
            .Single()
            .Value;

        Assert.That(Lines("infra/schedules/cronjob.yaml"), Does.Contain($"image: rotationmesh:{version}"));
    }

    [Test]
    public void It_and_the_chart_run_as_the_user_of_the_image()
    {
        var image = Lines("infra/images/Dockerfile");
        var user = image.Single(line => line.StartsWith(User, StringComparison.Ordinal))[User.Length..];

        using (Assert.EnterMultipleScope())
        {
            foreach (var setting in (string[])["runAsUser", "runAsGroup", "fsGroup"])
                Assert.That(Lines("infra/schedules/cronjob.yaml"), Does.Contain($"{setting}: {user}"));
            Assert.That(Lines("infra/helm/rotationmesh/values.yaml"), Does.Contain($"runAsUser: {user}"));
        }
    }

    private static List<string> Lines(string path) =>
        [.. File.ReadLines(Path.Combine(Repository.Root, path)).Select(line => line.Trim())];
}
