using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>Nothing reaches a pod, and a pod reaches nothing, but what the policies of the chart name.</summary>
[TestFixtureSource(nameof(Cases))]
public sealed class WhenTheNetworkIsClosed(string values)
{
    private RenderedChart chart = null!;

    private static IEnumerable<string> Cases => RenderedChart.Cases;

    [OneTimeSetUp]
    public async Task Render() => chart = await RenderedChart.OfAsync(values);

    [Test]
    public void Every_policy_is_for_a_pod_and_one_of_them_denies_every_pod_everything()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var policy in Policies)
                Assert.That(chart.Pods.Any(pod => Selects(policy, pod)), policy.Metadata.Name);
            var denying = Policies.Single(policy =>
                policy.Spec.Egress is null && policy.Spec.Ingress is null
            );
            Assert.That(denying.Spec.PolicyTypes, Is.EquivalentTo(["Ingress", "Egress"]));
            foreach (var pod in chart.Pods)
                Assert.That(Selects(denying, pod), pod.Owner);
        }
    }

    [Test]
    public void Each_pod_reaches_names_and_what_it_works_with()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var pod in chart.Pods.Where(pod => pod.IsOurs))
            {
                var ports = Rules(pod)
                    .SelectMany(rule => rule.Ports)
                    .Select(port => port.Port.Value)
                    .ToList();
                var works = pod.Variables.ContainsKey("ROTATIONMESH_CONFIG");
                Assert.That(ports, Does.Contain("53"), pod.Owner);
                Assert.That(ports.Contains("5432"), Is.EqualTo(works), $"{pod.Owner}: databases");
                Assert.That(
                    ports.Contains("5671"),
                    Is.EqualTo(pod.Variables.ContainsKey("ROTATIONMESH_RABBITMQ_FILE")),
                    $"{pod.Owner}: broker"
                );
                Assert.That(ports.Contains("8085"), Is.EqualTo(!works), $"{pod.Owner}: coordinator");
                Assert.That(
                    ports.Contains("6443"),
                    Is.EqualTo(pod.Spec.AutomountServiceAccountToken),
                    $"{pod.Owner}: the API of the cluster"
                );
                Assert.That(
                    ports.Contains("4317"),
                    Is.EqualTo(pod.Variables.ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT")),
                    $"{pod.Owner}: telemetry"
                );
            }
        }
    }

    [Test]
    public void Coordinators_are_asked_by_labelled_pods_alone_and_workers_by_nobody()
    {
        foreach (var pod in chart.Pods.Where(pod => pod.Part is "coordinator" or "worker"))
        {
            var rules = Policies
                .Where(policy => Selects(policy, pod))
                .SelectMany(policy => policy.Spec.Ingress ?? [])
                .ToList();
            if (pod.Part == "worker")
            {
                Assert.That(rules, Is.Empty);
                continue;
            }

            var rule = rules.Single();
            Assert.That(
                rule.Ports.Single().Port.Value,
                Is.EqualTo($"{pod.Container.Ports.Single().ContainerPort}")
            );
            Assert.That(
                rule.FromProperty.Select(peer => peer.PodSelector?.MatchLabels.Count ?? 0),
                Is.All.Positive
            );
            foreach (
                var asking in chart.Pods.Where(asking => asking.Variables.ContainsKey("ROTATIONMESH_SERVER"))
            )
                Assert.That(
                    rule.FromProperty.Any(peer =>
                        peer.NamespaceSelector is null && asking.Has(peer.PodSelector.MatchLabels)
                    ),
                    asking.Owner
                );
        }
    }

    [Test]
    public void Names_are_asked_of_the_cluster_and_of_a_cache_on_the_node()
    {
        foreach (var pod in chart.Pods.Where(pod => pod.IsOurs))
        {
            var asked = Rules(pod).Single(rule => rule.Ports.Any(port => port.Port.Value == "53")).To;
            Assert.That(asked.Count(peer => peer.PodSelector is not null), Is.EqualTo(1), pod.Owner);
            Assert.That(
                asked.Where(peer => peer.IpBlock is not null).Select(peer => peer.IpBlock.Cidr),
                Is.EqualTo(["169.254.20.10/32"]),
                pod.Owner
            );
        }
    }

    [Test]
    public void Services_lead_to_a_port_of_a_pod()
    {
        foreach (var service in chart.All<V1Service>())
        {
            var pod = chart.Pods.Single(pod => pod.Has(service.Spec.Selector));
            Assert.That(
                service.Spec.Ports.Select(port => port.TargetPort.Value),
                Is.SubsetOf(pod.Container.Ports.Select(port => port.Name)),
                service.Metadata.Name
            );
        }
    }

    private IReadOnlyList<V1NetworkPolicy> Policies => chart.All<V1NetworkPolicy>();

    private IEnumerable<V1NetworkPolicyEgressRule> Rules(RenderedPod pod) =>
        Policies.Where(policy => Selects(policy, pod)).SelectMany(policy => policy.Spec.Egress ?? []);

    private static bool Selects(V1NetworkPolicy policy, RenderedPod pod) =>
        pod.Has(policy.Spec.PodSelector.MatchLabels);
}
