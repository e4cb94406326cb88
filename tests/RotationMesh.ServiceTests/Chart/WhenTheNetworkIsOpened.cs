using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>Policies let through what the values name.</summary>
public sealed class WhenTheNetworkIsOpened
{
    [Test]
    public async Task Clients_of_other_namespaces_are_let_in_beside_those_of_this_one()
    {
        var chart = await RenderedChart.OfTextAsync(
            "networkPolicy: { clients: { namespaceLabels: { team: platform } } }"
        );

        var clients = chart
            .All<V1NetworkPolicy>()
            .Single(policy => policy.Metadata.Name.EndsWith("coordinator-ingress"))
            .Spec.Ingress.Single()
            .FromProperty.Where(peer => peer.PodSelector.MatchLabels.ContainsKey("rotationmesh-client"))
            .Select(peer => peer.NamespaceSelector?.MatchLabels["team"]);
        Assert.That(clients, Is.EqualTo(new[] { null, "platform" }));
    }

    [TestCase("http://otel.observe:4400", 4400)]
    [TestCase("https://otel.example.com", 443)]
    [TestCase("https://otel.example.com:4317/v1", 4317)]
    public async Task Pods_reach_the_port_of_the_endpoint_of_telemetry(string endpoint, int port)
    {
        var chart = await RenderedChart.OfTextAsync($"telemetry: {{ endpoint: '{endpoint}' }}");

        var egress = chart
            .All<V1NetworkPolicy>()
            .Single(policy => policy.Metadata.Name.EndsWith("worker-egress"))
            .Spec.Egress.SelectMany(rule => rule.Ports)
            .Select(found => found.Port.Value);
        Assert.That(egress, Has.One.EqualTo($"{port}"));
    }
}
