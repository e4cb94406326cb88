using System.Text.Json.Nodes;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Deployment;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>Alerts, queries of the dashboard, and the configuration of Prometheus that loads the alerts.</summary>
public sealed class WhenPromtoolJudgesTheAlerts
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private string folder = "";

    [SetUp]
    public void Create() => folder = Directory.CreateTempSubdirectory("rotationmesh-alerts-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task Each_alert_fires_for_what_it_is_for_and_for_nothing_else() =>
        await PassesAsync("test", "rules", "tests/alerts/rotationmesh.yaml");

    [Test]
    public async Task Prometheus_loads_them()
    {
        var configuration = Path.Combine(folder, "prometheus.yml");
        var rules = Path.Combine(RepositoryRoot.Path, "infra/alerts");
        File.WriteAllText(
            configuration,
            Read("compose/prometheus/prometheus.yml")
                .Replace("/etc/prometheus/rules", rules, StringComparison.Ordinal)
        );

        var said = await PassesAsync("check", "config", configuration);

        Assert.That(said, Does.Contain("1 rule files found").And.Contain("13 rules found"));
    }

    [Test]
    public async Task Every_query_of_the_dashboard_is_one()
    {
        var queries = JsonNode.Parse(Read("infra/dashboards/rotationmesh.json"))!["panels"]!
            .AsArray()
            .SelectMany(panel => panel!["targets"]!.AsArray())
            .Select(target => (string)target!["expr"]!)
            .ToList();
        var rules = new JsonObject
        {
            ["groups"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "dashboard",
                    ["rules"] = new JsonArray([.. queries.Select(AsRule)]),
                }
            ),
        };
        // JSON is YAML.
        var file = Path.Combine(folder, "rules.yaml");
        File.WriteAllText(file, rules.ToJsonString());

        var said = await PassesAsync("check", "rules", file);

        Assert.That(queries, Is.Not.Empty);
        Assert.That(said, Does.Contain($"{queries.Count} rules found"));
    }

    private static JsonObject AsRule(string query, int index) =>
        new()
        {
            ["record"] = $"query:{index}",
            ["expr"] = query
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$__range", "30m", StringComparison.Ordinal),
        };

    private static async Task<string> PassesAsync(params string[] arguments) =>
        (await DeploymentPrograms.Promtool(arguments).RunAsync(Deadline)).Exits(0).Output;

    private static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryRoot.Path, path));
}
