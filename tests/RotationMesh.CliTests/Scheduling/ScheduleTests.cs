using System.Diagnostics;
using System.Text.RegularExpressions;
using RotationMesh.TestKit;
using YamlDotNet.RepresentationModel;

namespace RotationMesh.CliTests.Scheduling;

/// <summary>The examples of <c>infra/schedules</c>: each runs the program as it is, two runs apart, without rights it does not need.</summary>
public sealed partial class ScheduleTests
{
    // What it says where another run has the lock is mailed.
    private const string Lock = "flock --nonblock --verbose --conflict-exit-code 0 ";

    // Where the Debian package has it.
    private const string Program = "/usr/bin/rotationmesh";

    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "infra", "schedules");

    private static string Cron => File.ReadAllText(Path.Combine(Folder, "rotationmesh.cron"));

    private static string Service => File.ReadAllText(Path.Combine(Folder, "rotationmesh-rotate.service"));

    private static YamlMappingNode CronJob
    {
        get
        {
            var yaml = new YamlStream();
            using var text = File.OpenText(Path.Combine(Folder, "cronjob.yaml"));
            yaml.Load(text);
            return (YamlMappingNode)yaml.Documents.Single().RootNode;
        }
    }

    [Test]
    public async Task The_command_of_each_rotates()
    {
        foreach (var (name, arguments) in Commands())
        {
            await using var site = await Site.LoadAsync("--rows", "100", "--tenants", "3");
            site.Write("rotation.env", string.Join('\n', site.Variables.Select(Line)));
            site.Variables.Clear();

            var run = await site.RunAsync([
                .. arguments.Select(argument => At().Replace(argument, site.Folder + "/")),
            ]);

            Assert.That(run.ExitCode, Is.Zero, $"{name}: {run}");
            Assert.That(await site.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero, name);
        }
    }

    [Test]
    public void Cron_keeps_two_runs_apart()
    {
        var line = CronLine().Match(Cron);

        Assert.That(line.Groups["time"].Value, Does.Match(@"^\d+ \d+ \* \* \d$"));
        Assert.That(line.Groups["user"].Value, Is.EqualTo("rotationmesh"));
        Assert.That(line.Groups["command"].Value, Does.StartWith(Lock));
        Assert.That(line.Groups["command"].Value, Does.Not.Contain("%"), "which cron takes for a new line");
        Assert.That(
            line.Groups["command"].Value,
            Does.Contain(" /var/lib/rotationmesh/"),
            "a folder of the user's own, where nobody else can hold the lock"
        );
        Assert.That(
            Cron,
            Does.Contain("install -d -o rotationmesh -g rotationmesh -m 0700 /var/lib/rotationmesh")
        );
        Assert.That(Cron.Split('\n'), Does.Contain("DOTNET_EnableDiagnostics=0"));
    }

    [Test]
    public async Task The_units_of_systemd_are_sound()
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
            throw Missing.Tell("no systemd-analyze for the test: install systemd");
        var folder = Directory.CreateTempSubdirectory("rotationmesh-units-");
        try
        {
            foreach (var unit in Directory.GetFiles(Folder, "rotationmesh-rotate.*"))
                await File.WriteAllTextAsync(
                    Path.Combine(folder.FullName, Path.GetFileName(unit)),
                    (await File.ReadAllTextAsync(unit)).Replace(
                        Program,
                        "/usr/bin/env",
                        StringComparison.Ordinal
                    )
                );
            using var analysis = Process.Start(
                new ProcessStartInfo("/usr/bin/systemd-analyze", "verify --man=no rotationmesh-rotate.timer")
                {
                    WorkingDirectory = folder.FullName,
                    RedirectStandardError = true,
                }
            )!;
            var said = await analysis.StandardError.ReadToEndAsync();
            await analysis.WaitForExitAsync();

            Assert.That(said.Split('\n').Where(line => line.Contains("rotationmesh")), Is.Empty);
            Assert.That(analysis.ExitCode, Is.Zero, said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        foreach (
            var line in (string[])
                [
                    "Type=oneshot", // of which systemd starts no second one
                    "DynamicUser=yes",
                    "NoNewPrivileges=yes",
                    "ProtectSystem=strict",
                    "CapabilityBoundingSet=",
                    "LimitCORE=0",
                    "Environment=DOTNET_EnableDiagnostics=0",
                    "LoadCredential=rotation.env:/etc/rotationmesh/rotation.env",
                ]
        )
            Assert.That(Service.Split('\n'), Does.Contain(line));
    }

    [Test]
    public void The_CronJob_forbids_two_at_a_time_and_has_no_right_that_it_does_not_need()
    {
        var job = CronJob;
        var pod = At(job, "spec", "jobTemplate", "spec", "template", "spec");
        var container = ((YamlSequenceNode)pod["containers"]).Children.Single();

        Assert.Multiple(() =>
        {
            Assert.That(Text(job, "kind"), Is.EqualTo("CronJob"));
            Assert.That(Text(job, "spec", "concurrencyPolicy"), Is.EqualTo("Forbid"));
            Assert.That(Text(pod, "restartPolicy"), Is.EqualTo("Never"));
            Assert.That(Text(pod, "automountServiceAccountToken"), Is.EqualTo("false"));
            Assert.That(Text(pod, "securityContext", "runAsNonRoot"), Is.EqualTo("true"));
            Assert.That(Text(container, "securityContext", "readOnlyRootFilesystem"), Is.EqualTo("true"));
            Assert.That(Text(container, "securityContext", "allowPrivilegeEscalation"), Is.EqualTo("false"));
            Assert.That(
                At(container, "securityContext", "capabilities")["drop"].ToString(),
                Does.Contain("ALL")
            );
            Assert.That(container.ToString(), Does.Not.Contain("secretKeyRef"), "secrets are files");
        });
    }

    [Test]
    public void The_CronJob_begins_again_after_a_disruption_or_a_failure_and_not_after_an_answer()
    {
        var spec = At(CronJob, "spec", "jobTemplate", "spec");
        var rules = (YamlSequenceNode)At(spec, "podFailurePolicy", "rules");

        Assert.That(rules.Select(rule => Text(rule, "action")), Is.EqualTo(["Ignore", "FailJob"]));
        Assert.That(
            Text(((YamlSequenceNode)rules.Children[0]["onPodConditions"]).Single(), "type"),
            Is.EqualTo("DisruptionTarget")
        );
        // After 1 a database may have been away. 5 is a rotation that was cancelled; 6 comes where the server is busy.
        var ending = (YamlSequenceNode)At(rules.Children[1], "onExitCodes", "values");
        Assert.That(ending.Select(code => code.ToString()), Is.EqualTo(["2", "3", "4", "5"]));
    }

    private static IEnumerable<(string Name, string[] Arguments)> Commands()
    {
        const string Called = $"{Program} ";
        yield return ("cron", CronLine().Match(Cron).Groups["command"].Value.Split(Called)[1].Split(' '));
        yield return (
            "systemd",
            Service
                .Split('\n')
                .Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))
                .Split(Called)[1]
                .Split(' ')
        );
        var pod = At(CronJob, "spec", "jobTemplate", "spec", "template", "spec");
        yield return (
            "kubernetes",
            [
                .. ((YamlSequenceNode)((YamlSequenceNode)pod["containers"]).Children.Single()["args"]).Select(
                    argument => argument.ToString()
                ),
            ]
        );
    }

    private static string Line(KeyValuePair<string, string?> variable) =>
        $"{variable.Key}='{variable.Value}'";

    private static YamlNode At(YamlNode node, params string[] path) =>
        path.Aggregate(node, (at, key) => at[key]);

    private static string Text(YamlNode node, params string[] path) => At(node, path).ToString();

    [GeneratedRegex(@"^(?<time>\d\S* \S+ \S+ \S+ \S+) (?<user>\S+) (?<command>.+)$", RegexOptions.Multiline)]
    private static partial Regex CronLine();

    // Where the examples keep map and secrets.
    [GeneratedRegex(@"^(/etc/rotationmesh/|\$\{CREDENTIALS_DIRECTORY\}/|/run/secrets/rotationmesh/)")]
    private static partial Regex At();
}
