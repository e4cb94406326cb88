using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Deployment;

/// <summary>compose/: what the stack offers, and to whom.</summary>
public sealed partial class ComposeFileTests
{
    private static IEnumerable<string> Names => ComposeFile.Services.Select(service => service.Name);

    private static IEnumerable<string> ThatStay =>
        ComposeFile.Services.Where(service => service.Stays).Select(service => service.Name);

    [Test]
    public void Its_profiles_are_those_of_the_readme() =>
        Assert.That(
            ComposeFile.Services.SelectMany(service => service.Texts("profiles")).Distinct(),
            Is.EquivalentTo(
                Heading()
                    .Matches(Read("README.md"))
                    .Select(heading => heading.Groups["name"].Value)
                    .Append("cli")
            )
        );

    // The folder's name is that of many others, and projects of one name share volumes.
    [Test]
    public void Its_project_has_a_name_of_its_own() =>
        Assert.That(Read(".env").Split('\n'), Does.Contain("COMPOSE_PROJECT_NAME=rotationmesh"));

    [TestCaseSource(nameof(Names))]
    public void A_port_is_published_on_this_machine_alone(string name) =>
        Assert.That(
            ComposeFile.Service(name).Texts("ports"),
            Has.All.StartsWith("127.0.0.1:").And.All.Match(@":\$\{[A-Z_]+_PORT:-\d+\}:\d+$")
        );

    // Its users are programs, without a tag that the management's pages ask for.
    [Test]
    public void Nobody_is_offered_pages_of_RabbitMQ_where_nobody_can_log_in() =>
        Assert.That(ComposeFile.Service("rabbitmq").Texts("ports"), Is.Empty);

    [TestCaseSource(nameof(Names))]
    public void No_secret_is_in_an_environment(string name) =>
        Assert.That(
            ComposeFile.Service(name).Environment.Keys.Where(variable => Secret().IsMatch(variable)),
            Has.All.EndsWith("_FILE")
        );

    [TestCaseSource(nameof(Names))]
    public void An_image_is_a_setting_with_a_default(string name) =>
        Assert.That(ComposeFile.Service(name).Text("image"), Does.Match(@"^\$\{[A-Z0-9]+_IMAGE:-[^}]+\}$"));

    [TestCaseSource(nameof(Names))]
    public void Memory_is_limited(string name) =>
        Assert.That(ComposeFile.Service(name).Text("mem_limit"), Does.Match("^[0-9]+[mg]$"));

    [TestCaseSource(nameof(Names))]
    public void Tasks_are_limited(string name) =>
        Assert.That(ComposeFile.Service(name).Text("pids_limit"), Does.Match("^[0-9]+$"));

    [TestCaseSource(nameof(ThatStay))]
    public void Processors_are_limited_where_a_setting_says_so(string name) =>
        Assert.That(ComposeFile.Service(name).Text("cpus"), Is.EqualTo("${CPUS:-0}"));

    // All of a large machine's processors at once would need more memory than it has.
    [Test]
    public void A_worker_takes_as_many_partitions_at_a_time_as_its_memory_holds() =>
        Assert.That(
            ComposeFile.Service("worker").Environment["ROTATIONMESH_CONCURRENCY"],
            Is.EqualTo("${ROTATIONMESH_CONCURRENCY:-2}")
        );

    [TestCaseSource(nameof(ThatStay))]
    public void One_that_stays_says_how_it_is(string name)
    {
        var one = ComposeFile.Service(name);
        // Our images have a check of their own; nothing in the collector's could ask.
        if (one.Name is not ("coordinator" or "worker" or "collector"))
            Assert.That(one.Has("healthcheck"), Is.True);
        else
            Assert.That(
                File.ReadAllText(Path.Combine(Repository.Root, "infra/images/Dockerfile")),
                Does.Match("HEALTHCHECK .*rotationmesh-coordinator\", \"--health\"")
                    .And.Match("HEALTHCHECK .*rotationmesh-worker\", \"--health\"")
            );
    }

    [TestCaseSource(nameof(Names))]
    public void It_has_no_capability_that_it_does_not_need(string name)
    {
        var one = ComposeFile.Service(name);
        // That step gives files to the users of the others, and ends.
        var gives = name == "secrets";
        string[] added = gives ? ["CHOWN", "FOWNER"] : [];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(one.Texts("security_opt"), Is.EqualTo(["no-new-privileges:true"]));
            Assert.That(one.Texts("cap_drop"), Is.EqualTo(["ALL"]));
            Assert.That(one.Texts("cap_add"), Is.EqualTo(added));
            Assert.That(one.Text("read_only"), Is.EqualTo("true"));
            if (!gives)
                Assert.That(one.Text("user"), Is.Not.EqualTo("root"));
        }
    }

    // Left alone, the official images of these start as root. Images from elsewhere have other users.
    [TestCase("postgres", "${POSTGRES_UID:-999}")]
    [TestCase("rabbitmq", "${RABBITMQ_UID:-999}")]
    [TestCase("redis", "${REDIS_UID:-999}")]
    [TestCase("s3", "${CEPH_UID:-167}")]
    public void A_server_is_started_as_its_own_user(string name, string user) =>
        Assert.That(ComposeFile.Service(name).Text("user"), Is.EqualTo(user));

    // Who names no network is in one with all others that name none.
    [TestCaseSource(nameof(Names))]
    public void It_says_which_networks_it_is_in(string name)
    {
        if (name == "secrets")
            Assert.That(ComposeFile.Service(name).Text("network_mode"), Is.EqualTo("none"));
        else
            Assert.That(ComposeFile.Service(name).Texts("networks"), Is.Not.Empty);
    }

    // Who has whose address stands in secrets.sh, in the maps, and in the configurations of the servers.
    [TestCase("postgres", "database", "sample", "roles", "coordinator", "worker", "application", "values")]
    [TestCase("rabbitmq", "coordinator", "worker")]
    [TestCase("redis", "coordinator", "application")]
    [TestCase("s3", "coordinator", "worker", "values")]
    [TestCase("collector", "coordinator", "worker", "prometheus")]
    [TestCase("grafana", "prometheus")]
    [TestCase("cli", "coordinator")]
    public void It_shares_a_network_with_those_alone_that_it_talks_to(string name, params string[] others)
    {
        var networks = ComposeFile.Service(name).Texts("networks");

        Assert.That(
            Names.Where(other =>
                other != name && ComposeFile.Service(other).Texts("networks").Intersect(networks).Any()
            ),
            Is.EquivalentTo(others)
        );
    }

    [Test]
    public void The_readme_names_every_setting() =>
        Assert.That(
            Setting().Matches(ComposeFile.Text).Select(setting => setting.Groups["name"].Value).Distinct(),
            Has.All.Matches<string>(name => Read("README.md").Contains($"`{name}`", StringComparison.Ordinal))
        );

    [Test]
    public void A_profile_s_map_is_the_plain_one_and_what_the_profile_adds()
    {
        var plain = Lines("rotation.yaml");

        Assert.That(Lines("rotation-gates.yaml").Take(plain.Count), Is.EqualTo(plain));
        Assert.That(
            Lines("rotation-s3.yaml")
                .Where(line => !line.Contains("externalStore:", StringComparison.Ordinal)),
            Is.EqualTo(plain)
        );
    }

    // Without the comment that says what the map is for.
    private static List<string> Lines(string map) => [.. Read(map).Split('\n').Skip(1).SkipLast(1)];

    private static string Read(string file) => File.ReadAllText(Path.Combine(ComposeFile.Folder, file));

    [GeneratedRegex("PASSWORD|SECRET|TOKEN|KEY")]
    private static partial Regex Secret();

    [GeneratedRegex(@"\$\{(?<name>[A-Z0-9_]+):-")]
    private static partial Regex Setting();

    [GeneratedRegex("^## Profile (?<name>[a-z0-9]+):", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
