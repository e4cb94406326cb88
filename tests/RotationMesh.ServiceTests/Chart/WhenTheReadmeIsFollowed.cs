using System.Text.RegularExpressions;
using k8s.Models;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>The commands of the chart's readme make what the chart asks for.</summary>
public sealed partial class WhenTheReadmeIsFollowed
{
    // A command that goes on in the next line is one line here.
    private static readonly string[] Lines = Continuation()
        .Replace(File.ReadAllText(Path.Combine(RenderedChart.Folder, "README.md")), " ")
        .Split('\n');

    private static List<string> Commands =>
        [.. Lines.Where(line => line.StartsWith("$ ", StringComparison.Ordinal))];

    // The files of each Secret, by their keys: --from-file=KEY=FILE, or only FILE where the key is its name.
    private static Dictionary<string, Dictionary<string, string>> Secrets =>
        Commands
            .Select(command => Creation().Match(command))
            .Where(made => made.Success)
            .ToDictionary(made => made.Groups["secret"].Value, made => Files(made.Groups["files"].Value));

    [Test]
    public async Task Every_image_that_the_chart_asks_for_is_built_and_pushed()
    {
        var chart = await RenderedChart.OfAsync("default");
        var builds = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "infra", "images", "build.sh"));

        var pushed = Commands.Select(command => Push().Match(command)).Single(push => push.Success);
        var version = pushed.Groups["version"].Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Commands, Does.Contain("$ REGISTRY=$REGISTRY make images"));
            foreach (var pod in chart.Pods)
                Assert.That(builds, Does.Match($@"(?m)^for target in .*\b{pod.Part}\b"), pod.Owner);
            Assert.That(
                pushed.Groups["names"].Value.Split(' ').Select(name => $"{name}:{version}"),
                Is.EquivalentTo(chart.Pods.Select(pod => pod.Container.Image).Distinct())
            );
        }
    }

    [Test]
    public async Task Every_Secret_that_pods_mount_is_made_with_its_keys()
    {
        var chart = await RenderedChart.OfAsync("default");

        Assert.That(
            Secrets.SelectMany(secret => secret.Value.Keys.Select(key => (secret.Key, key))),
            Is.EquivalentTo(chart.Pods.SelectMany(pod => pod.Secrets.Values).Distinct())
        );
    }

    [Test]
    public void Coordinators_and_workers_have_no_file_in_common_and_the_table_says_what_each_holds()
    {
        var described = Lines
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1])
            .ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Secrets["rotationmesh-coordinator"].Values.Intersect(Secrets["rotationmesh-worker"].Values),
                Is.Empty
            );
            foreach (var file in Secrets.Values.SelectMany(files => files.Values))
                Assert.That(described, Has.Some.Contains($"`{file}`"));
        }
    }

    [Test]
    public async Task An_upgrade_takes_the_new_chart_s_values_and_workers_are_stopped_first_where_needed()
    {
        var chart = await RenderedChart.OfAsync("default");

        var workers = chart.All<V1Deployment>().Single(made => made.Metadata.Name.EndsWith("worker"));
        var stop = Commands.FindIndex(command => command.Contains(" delete deployment "));
        Assert.That(stop, Is.Not.Negative);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Commands.Where(IsUpgrade),
                Is.Not.Empty.And.All.Contains(" --reset-then-reuse-values ")
            );
            Assert.That(
                Commands[stop],
                Does.EndWith($" {workers.Metadata.Name} --cascade=foreground"),
                "it waits until the last pod is gone"
            );
            Assert.That(IsUpgrade(Commands[stop + 1]), Is.True);
        }
    }

    private static Dictionary<string, string> Files(string options) =>
        FromFile()
            .Matches(options)
            .ToDictionary(
                file => file.Groups[file.Groups["key"].Success ? "key" : "file"].Value,
                file => file.Groups["file"].Value
            );

    private static bool IsUpgrade(string command) => command.Contains(" upgrade ");

    [GeneratedRegex(@"\\\n *")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"create secret generic (?<secret>\S+)(?<files>( +--from-file=\S+)+)")]
    private static partial Regex Creation();

    [GeneratedRegex(@"--from-file=((?<key>[^=\s]+)=)?(?<file>\S+)")]
    private static partial Regex FromFile();

    [GeneratedRegex(@"^\$ for name in (?<names>.+); do docker push \$REGISTRY/\$name:(?<version>\S+); done$")]
    private static partial Regex Push();
}
