using System.Text.Json.Nodes;
using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Running;

/// <summary>Prometheus of the profile observe, by itself: collector and Grafana need a registry.</summary>
public sealed class WhenPrometheusRuns
{
    [Test]
    public async Task It_has_loaded_every_alert_and_asks_the_collector()
    {
        await using var stack = await Stack.UpAloneAsync("observe", "prometheus");
        await Stack.IsHealthyAsync((await stack.ContainersAsync("prometheus")).Single());
        using var client = new HttpClient
        {
            BaseAddress = new Uri($"http://127.0.0.1:{stack.Port("PROMETHEUS")}"),
        };

        var rules = await AskAsync(client, "/api/v1/rules");

        Assert.That(
            rules["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Count(),
            Is.Positive.And.EqualTo(Alerts())
        );
        await Eventually.Holds(
            async () => (await TargetsAsync(client)).SequenceEqual(["collector"]),
            TimeSpan.FromMinutes(1),
            "it asks the collector"
        );
    }

    private static int Alerts() =>
        File.ReadLines(Path.Combine(RepositoryRoot.Path, "infra/alerts/rotationmesh.yaml"))
            .Count(line => line.TrimStart().StartsWith("- alert:", StringComparison.Ordinal));

    private static async Task<IEnumerable<string>> TargetsAsync(HttpClient client) =>
        (await AskAsync(client, "/api/v1/targets"))["activeTargets"]!
            .AsArray()
            .Select(target => (string)target!["labels"]!["job"]!);

    private static async Task<JsonNode> AskAsync(HttpClient client, string question) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri(question, UriKind.Relative)))!["data"]!;
}
