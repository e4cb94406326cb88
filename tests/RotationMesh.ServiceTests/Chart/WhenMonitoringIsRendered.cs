using k8s;
using k8s.Models;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>What the programs measure comes to Prometheus under their own names, and the alerts with it.</summary>
public sealed class WhenMonitoringIsRendered
{
    [Test]
    public async Task Prometheus_finds_the_collector_that_the_programs_send_to()
    {
        var chart = await RenderedChart.OfAsync("observe");

        var monitor = chart.All<ServiceMonitor>().Single();
        var service = chart.All<V1Service>().Single(found => found.Metadata.Name.EndsWith("collector"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(monitor.Spec.Selector.MatchLabels, Is.SubsetOf(service.Metadata.Labels));
            Assert.That(monitor.Spec.NamespaceSelector.MatchNames, Is.EqualTo([RenderedChart.Namespace]));
            Assert.That(
                service.Spec.Ports.Select(port => port.Name),
                Does.Contain(monitor.Spec.Endpoints.Single().Port)
            );
            Assert.That(
                monitor.Spec.Endpoints.Single().HonorLabels,
                Is.True,
                "an alert names the process, not the collector"
            );
            Assert.That(
                chart.All<V1ConfigMap>().SelectMany(map => map.Data.Values),
                Has.Some.Contains("metric_expiration: 1m")
            );
            Assert.That(
                chart
                    .Pods.Where(pod => pod.IsOurs)
                    .Select(pod => pod.Variables["OTEL_METRIC_EXPORT_INTERVAL"]),
                Is.All.EqualTo("10000")
            );
            Assert.That(
                chart
                    .Pods.Where(pod => pod.IsOurs)
                    .Select(pod => pod.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"]),
                Is.All.EqualTo($"http://{service.Metadata.Name}:{service.Spec.Ports[0].Port}")
            );
        }
    }

    [TestCase("http://tempo.monitoring:4317")]
    [TestCase("")]
    public async Task The_collector_s_pipelines_are_made_of_what_it_has_and_use_all_of_it(string traces)
    {
        var chart = await RenderedChart.OfTextAsync(
            $"telemetry: {{ collector: {{ enabled: true, traces: '{traces}' }} }}"
        );

        var collector = CollectorOf(chart);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(collector.Service.Pipelines.Keys, Is.EquivalentTo(["metrics", "traces"]));
            Assert.That(collector.Service.Extensions, Is.EquivalentTo(collector.Extensions.Keys));
            Assert.That(
                Used(collector, pipeline => pipeline.Receivers),
                Is.EquivalentTo(collector.Receivers.Keys)
            );
            Assert.That(
                Used(collector, pipeline => pipeline.Processors),
                Is.EquivalentTo(collector.Processors.Keys)
            );
            Assert.That(
                Used(collector, pipeline => pipeline.Exporters),
                Is.EquivalentTo(collector.Exporters.Keys)
            );
            foreach (var (name, pipeline) in collector.Service.Pipelines)
            {
                Assert.That(pipeline.Receivers, Is.Not.Empty, name);
                Assert.That(pipeline.Exporters, Is.Not.Empty, name);
            }
        }
    }

    // Alerts and dashboard are one for both.
    [Test]
    public async Task Metrics_come_to_Prometheus_as_compose_s_collector_gives_them()
    {
        var chart = await RenderedChart.OfAsync("observe");
        var compose = KubernetesYaml.Deserialize<CollectorConfig>(
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "compose/collector/config.yaml"))
        );

        Assert.That(CollectorOf(chart).Exporters["prometheus"], Is.EqualTo(compose.Exporters["prometheus"]));
    }

    [Test]
    public async Task Prometheus_is_given_the_alerts_word_by_word()
    {
        var chart = await RenderedChart.OfAsync("observe");
        var quiet = await RenderedChart.OfAsync("default");

        var judged = KubernetesYaml.Deserialize<PrometheusRule.Ruling>(
            File.ReadAllText(Path.Combine(RepositoryRoot.Path, "infra/alerts/rotationmesh.yaml"))
        );
        var given = chart.All<PrometheusRule>().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Told(given.Spec), Is.Not.Empty.And.EqualTo(Told(judged)));
            Assert.That(given.Metadata.Labels, Does.ContainKey("release"));
            Assert.That(quiet.All<PrometheusRule>(), Is.Empty, "not every cluster knows that kind");
        }
    }

    private static CollectorConfig CollectorOf(RenderedChart chart)
    {
        var made = chart.All<V1ConfigMap>().Single(map => map.Metadata.Name.EndsWith("collector"));
        return KubernetesYaml.Deserialize<CollectorConfig>(made.Data["config.yaml"]);
    }

    private static IEnumerable<string> Used(
        CollectorConfig collector,
        Func<CollectorConfig.Pipeline, IEnumerable<string>> parts
    ) => collector.Service.Pipelines.Values.SelectMany(parts).Distinct();

    private static List<(string, string, string, string)> Told(PrometheusRule.Ruling rules) =>
        [
            .. rules
                .Groups.SelectMany(group => group.Rules)
                .Select(alert => (alert.Alert, alert.Expr, alert.For, alert.Annotations["summary"])),
        ];
}
