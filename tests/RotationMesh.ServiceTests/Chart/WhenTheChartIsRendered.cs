using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using RotationMesh.Hosting;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>The chart makes what its values ask for.</summary>
public sealed partial class WhenTheChartIsRendered
{
    private static IEnumerable<string> Cases => RenderedChart.Cases;

    [TestCaseSource(nameof(Cases))]
    public async Task Its_objects_are_of_Kubernetes_and_no_two_have_one_name(string values)
    {
        var chart = await RenderedChart.OfAsync(values);

        var names = chart
            .Objects.OfType<IKubernetesObject<V1ObjectMeta>>()
            .Select(made => $"{made.Kind} {made.Metadata.NamespaceProperty}/{made.Metadata.Name}");

        Assert.That(names, Is.Not.Empty.And.Unique);
    }

    [Test]
    public async Task Workers_are_as_many_as_the_values_say_or_as_an_autoscaler_does()
    {
        var fixedly = await RenderedChart.OfAsync("default");
        var byUse = await RenderedChart.OfAsync("hpa");
        var byQueue = await RenderedChart.OfAsync("keda");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Workers(fixedly).Spec.Replicas, Is.EqualTo(3));
            Assert.That(Workers(byUse).Spec.Replicas, Is.Null, "the autoscaler's to say");
            Assert.That(Workers(byQueue).Spec.Replicas, Is.Null, "KEDA's to say");
            Assert.That(
                byUse.All<V2HorizontalPodAutoscaler>().Single().Spec.ScaleTargetRef.Name,
                Is.EqualTo(Workers(byUse).Metadata.Name)
            );
            var scaled = byQueue.All<ScaledObject>().Single();
            Assert.That(scaled.Spec.ScaleTargetRef.Name, Is.EqualTo(Workers(byQueue).Metadata.Name));
            Assert.That(
                scaled.Spec.Triggers.Select(trigger => trigger.AuthenticationRef.Name).Distinct(),
                Is.EqualTo([byQueue.All<TriggerAuthentication>().Single().Metadata.Name])
            );
        }
    }

    [Test]
    public async Task Coordinators_are_two_and_one_stays_while_nodes_are_drained()
    {
        var chart = await RenderedChart.OfAsync("default");

        var coordinators = chart
            .All<V1Deployment>()
            .Single(made => made.Metadata.Name.EndsWith("coordinator"));
        var budgets = chart.All<V1PodDisruptionBudget>();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(coordinators.Spec.Replicas, Is.EqualTo(2));
            Assert.That(budgets, Has.Count.EqualTo(2));
            foreach (var budget in budgets)
                Assert.That(
                    chart.All<V1Deployment>().Count(made => Selects(budget.Spec.Selector, made)),
                    Is.EqualTo(1),
                    budget.Metadata.Name
                );
        }
    }

    [Test]
    public async Task Without_a_mesh_a_job_and_a_schedule_work_by_themselves()
    {
        var chart = await RenderedChart.OfAsync("cronjob");

        var scheduled = chart.All<V1CronJob>().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(chart.All<V1Deployment>(), Is.Empty);
            Assert.That(chart.All<V1Job>(), Has.Count.EqualTo(1));
            Assert.That(scheduled.Spec.ConcurrencyPolicy, Is.EqualTo("Forbid"));
            Assert.That(
                scheduled.Spec.JobTemplate.Spec.Template.Spec.Containers.Single().Args,
                Is.EqualTo(["rotate", "--verify", "full", "--workers", "2"])
            );
            foreach (var pod in chart.Pods)
            {
                Assert.That(pod.Variables.Keys, Does.Contain("ROTATIONMESH_CONFIG"));
                Assert.That(pod.Variables.Keys, Does.Not.Contain("ROTATIONMESH_SERVER"));
            }
        }
    }

    [Test]
    public async Task Coordinators_are_asked_by_further_peers_where_the_values_name_them()
    {
        var chart = await RenderedChart.OfTextAsync(
            "networkPolicy: { clients: { from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] } }"
        );

        var ingress = chart
            .All<V1NetworkPolicy>()
            .Single(policy => policy.Metadata.Name.EndsWith("coordinator-ingress"));

        var peers = ingress.Spec.Ingress.Single().FromProperty;
        Assert.That(peers, Has.Count.EqualTo(3));
        Assert.That(peers[^1].IpBlock.Cidr, Is.EqualTo("10.0.0.0/8"));
    }

    [Test]
    public async Task Roles_of_a_gate_have_the_namespace_of_their_release_in_their_name()
    {
        var chart = await RenderedChart.OfAsync("cronjob");

        var role = chart.All<V1Role>().Single();
        Assert.That(role.Metadata.NamespaceProperty, Is.EqualTo("csuite"));
        Assert.That(role.Metadata.Name, Does.StartWith($"{RenderedChart.Namespace}-"));
    }

    // The exporter's default is TLS, and most receivers have none.
    [TestCase("http://tempo.monitoring:4317", "true", "4317")]
    [TestCase("https://traces.example.com:443", "false", "443")]
    [TestCase("traces.example.com:443", "false", "443")]
    public async Task The_collector_passes_traces_on_as_the_address_says(
        string traces,
        string isInsecure,
        string port
    )
    {
        var chart = await RenderedChart.OfTextAsync(
            $"telemetry: {{ collector: {{ enabled: true, traces: '{traces}' }} }}"
        );

        var config = chart.All<V1ConfigMap>().Single().Data["config.yaml"];
        var policy = chart.All<V1NetworkPolicy>().Single(found => found.Metadata.Name.EndsWith("collector"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(config, Does.Match($@"endpoint: ""[a-z.]+:{port}""\n"));
            Assert.That(config, Does.Contain($"insecure: {isInsecure}\n"));
            Assert.That(policy.Spec.Egress[^1].Ports.Single().Port.Value, Is.EqualTo(port));
        }
    }

    // So an upgrade may stop them first.
    [TestCase("fixed")]
    [TestCase("hpa")]
    [TestCase("keda")]
    public async Task Without_workers_coordinators_stay_and_nothing_of_workers_is_left(string kind)
    {
        var chart = await RenderedChart.OfTextAsync(
            $"worker: {{ enabled: false, scaling: {{ kind: {kind} }} }}"
        );

        Assert.That(chart.Pods.Select(pod => pod.Part), Does.Contain("coordinator"));
        Assert.That(chart.Text, Does.Not.Contain("rotationmesh-worker"));
    }

    [Test]
    public void An_option_of_a_program_has_its_name_among_the_values()
    {
        var values = KubernetesYaml.Deserialize<Dictionary<string, object>>(
            File.ReadAllText(Path.Combine(RenderedChart.Folder, "values.yaml"))
        );
        var names = values.Keys.Concat(
            values
                .Values.OfType<Dictionary<object, object>>()
                .SelectMany(part => part.Keys.Select(name => $"{name}"))
        );
        // These two are secrets, and so files here.
        var options = ProgramVariable.All.Except([ProgramVariable.Token, ProgramVariable.RabbitMq]);

        Assert.That(options.Select(option => CamelCase(option.Name)), Is.SubsetOf(names));
    }

    [Test]
    public void It_is_of_the_version_of_the_programs()
    {
        var product = Version()
            .Match(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "Directory.Build.props")))
            .Groups["version"]
            .Value;
        var chart = File.ReadAllLines(Path.Combine(RenderedChart.Folder, "Chart.yaml"));

        Assert.That(chart, Does.Contain($"appVersion: {product}").And.Contain($"version: {product}"));
    }

    // ROTATIONMESH_TOKENS_FILE is tokensFile.
    private static string CamelCase(string variable) =>
        Word()
            .Replace(
                variable[ProgramVariable.Prefix.Length..].ToLowerInvariant(),
                word => word.Groups["first"].Value.ToUpperInvariant()
            );

    private static V1Deployment Workers(RenderedChart chart) =>
        chart.All<V1Deployment>().Single(made => made.Metadata.Name.EndsWith("worker"));

    private static bool Selects(V1LabelSelector selector, V1Deployment made) =>
        selector.MatchLabels.All(label => made.Spec.Template.Metadata.Labels.Contains(label));

    [GeneratedRegex("_(?<first>[a-z])")]
    private static partial Regex Word();

    [GeneratedRegex("<Version>(?<version>.+)</Version>")]
    private static partial Regex Version();
}
