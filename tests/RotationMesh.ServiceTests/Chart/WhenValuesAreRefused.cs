namespace RotationMesh.ServiceTests.Chart;

/// <summary>The chart refuses values that it does not know, and those that together can't work.</summary>
public sealed class WhenValuesAreRefused
{
    [TestCase("worker: { concurency: 3 }", "concurency")]
    [TestCase("worker: { concurrency: 0 }", "concurrency")]
    [TestCase("worker: { scaling: { kind: magic } }", "kind")]
    [TestCase("worker: { rabbitmqFile: { key: '' } }", "key")]
    [TestCase("coordinator: { listen: 'https://0.0.0.0:8085' }", "listen")]
    [TestCase("coordinator: { patience: soon }", "patience")]
    [TestCase("coordinator: { podDisruptionBudget: { maxUnavailable: 0 } }", "maxUnavailable")]
    [TestCase("cronJob: { schedule: weekly }", "schedule")]
    [TestCase("config: { configMap: '' }", "config.text")]
    [TestCase("telemetry: { serviceMonitor: { enabled: true } }", "telemetry.collector.enabled")]
    [TestCase(
        "telemetry: { collector: { enabled: true }, serviceMonitor: { enabled: true } }",
        "networkPolicy.scrapers"
    )]
    [TestCase("telemetry: { prometheusRule: { enabled: true } }", "telemetry.prometheusRule")]
    [TestCase(
        "{ coordinator: { enabled: false }, worker: { enabled: false }, telemetry: { endpoint: 'http://o:4317', prometheusRule: { enabled: true } } }",
        "coordinator.enabled"
    )]
    [TestCase("telemetry: { exportIntervalMilliseconds: 60000 }", "exportIntervalMilliseconds")]
    [TestCase("telemetry: { collector: { traces: tempo.monitoring } }", "traces")]
    [TestCase("worker: { scaling: { kind: keda, minReplicas: 0 } }", "worker.scaling.keda.protocol: http")]
    [TestCase("worker: { scaling: { kind: keda, keda: { protocol: http } } }", "worker.scaling.keda.address")]
    [TestCase("fullnameOverride: my.app", "fullnameOverride")]
    [TestCase("{ coordinator: { enabled: false }, job: { enabled: true } }", "cli.server")]
    [TestCase("{ coordinator: { enabled: false }, cronJob: { enabled: true } }", "cli.server")]
    [TestCase("pod: { extraEnv: { 1A: text } }", "extraEnv")]
    public async Task The_error_has_their_name(string values, string name)
    {
        var outcome = (await RenderedChart.RenderTextAsync(values)).Exits(1);

        Assert.That(outcome.Error, Does.Contain(name));
        Assert.That(outcome.Output, Is.Empty);
    }
}
