using k8s.Models;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>Names, labels, variables and places that users give; and a chart of theirs that has this one as a dependency.</summary>
public sealed class WhenUsersHaveValuesOfTheirOwn
{
    [Test]
    public async Task A_dependency_with_a_condition_has_a_value_of_it() =>
        Assert.That((await RenderedChart.OfTextAsync("enabled: true")).Pods, Is.Not.Empty);

    [TestCase("rot.prod", "rot-prod-rotationmesh-coordinator")]
    [TestCase("rotationmesh.prod", "rotationmesh-prod-coordinator")]
    public async Task A_release_with_a_dot_has_Services_with_names_of_Services(string release, string name)
    {
        var chart = await RenderedChart.OfTextAsync("{}", "--release", release);

        Assert.That(chart.All<V1Service>().Single().Metadata.Name, Is.EqualTo(name));
    }

    [Test]
    public async Task A_release_that_begins_with_a_digit_is_refused_without_another_name()
    {
        var refused = (await RenderedChart.RenderTextAsync("{}", "--release", "2rot")).Exits(1);
        var chart = await RenderedChart.OfTextAsync("fullnameOverride: rot", "--release", "2rot");

        Assert.That(refused.Error, Does.Contain("fullnameOverride"));
        Assert.That(chart.All<V1Service>().Single().Metadata.Name, Is.EqualTo("rot-coordinator"));
    }

    [Test]
    public async Task Labels_go_before_those_of_the_chart_and_never_before_those_of_selectors()
    {
        const string PartOf = "app.kubernetes.io/part-of";
        const string Component = "app.kubernetes.io/component";
        var chart = await RenderedChart.OfTextAsync(
            $"""
            commonLabels:
              {PartOf}: platform
              {Component}: another
            worker:
              pod:
                labels:
                  {PartOf}: workers
            """
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(chart.Pod("coordinator").Labels[PartOf], Is.EqualTo("platform"));
            Assert.That(chart.Pod("worker").Labels[PartOf], Is.EqualTo("workers"));
            Assert.That(
                chart.All<V1Service>().Single().Spec.Selector[Component],
                Is.EqualTo("coordinator").And.EqualTo(chart.Pod("coordinator").Labels[Component])
            );
        }
    }

    [Test]
    public async Task A_variable_is_there_once_and_as_the_values_say()
    {
        const string Diagnostics = "DOTNET_EnableDiagnostics";
        var chart = await RenderedChart.OfTextAsync(
            $$"""
            variables: { {{Diagnostics}}: "1" }
            pod: { extraEnv: { OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf } }
            cli: { pod: { extraEnv: { OTEL_LOG_LEVEL: debug } } }
            """
        );

        using (Assert.EnterMultipleScope())
        {
            foreach (var pod in chart.Pods)
            {
                Assert.That(pod.Container.Env.Select(variable => variable.Name), Is.Unique, pod.Owner);
                Assert.That(pod.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"], Is.EqualTo("http/protobuf"));
            }

            Assert.That(chart.Pod("worker").Variables[Diagnostics], Is.EqualTo("1"));
            // It reads no map, and so has no variable of the map.
            Assert.That(chart.Pod("cli").Variables[Diagnostics], Is.EqualTo("0"));
            Assert.That(chart.Pod("cli").Variables["OTEL_LOG_LEVEL"], Is.EqualTo("debug"));
        }
    }

    [Test]
    public async Task A_map_is_given_to_the_programs_as_it_stands()
    {
        var chart = await RenderedChart.OfTextAsync(
            """
            config:
              text: "  # a comment\ndatabases: {}\n"
            """
        );

        Assert.That(
            chart.All<V1ConfigMap>().Single().Data["rotation.yaml"],
            Is.EqualTo("  # a comment\ndatabases: {}\n")
        );
    }

    [Test]
    public async Task Deployments_with_names_that_begin_alike_have_a_role_each()
    {
        var alike = new string('a', 60);
        var chart = await RenderedChart.OfTextAsync(
            $$"""
            kubernetesGate:
              deployments:
                - { namespace: csuite, name: {{alike}}-one }
                - { namespace: csuite, name: {{alike}}-two }
            """
        );

        Assert.That(chart.All<V1Role>().Select(role => role.Metadata.Name), Is.Unique);
    }

    [Test]
    public async Task The_collector_comes_from_where_pods_come_from_and_goes_where_they_go()
    {
        var chart = await RenderedChart.OfTextAsync(
            """
            image: { pullSecrets: [registry] }
            pod:
              labels: { zone: data }
              nodeSelector: { disk: fast }
              tolerations: [{ key: dedicated, operator: Exists }]
              priorityClassName: batch
            telemetry: { collector: { enabled: true } }
            """
        );

        var collector = chart.Pod("collector");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(collector.Spec.ImagePullSecrets.Single().Name, Is.EqualTo("registry"));
            Assert.That(collector.Spec.NodeSelector["disk"], Is.EqualTo("fast"));
            Assert.That(collector.Spec.Tolerations.Single().Key, Is.EqualTo("dedicated"));
            Assert.That(collector.Spec.PriorityClassName, Is.EqualTo("batch"));
            Assert.That(collector.Labels["zone"], Is.EqualTo("data"));
        }
    }

    [Test]
    public async Task A_job_runs_once_for_each_run_and_each_change_of_what_it_runs()
    {
        var first = await JobAsync("job: { enabled: true }");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                await NameAsync("job: { enabled: true, backoffLimit: 6 }"),
                Is.EqualTo(first.Metadata.Name)
            );
            Assert.That(
                await NameAsync("job: { enabled: true, run: again }"),
                Is.Not.EqualTo(first.Metadata.Name)
            );
            Assert.That(
                await NameAsync("{ image: { tag: next }, job: { enabled: true } }"),
                Is.Not.EqualTo(first.Metadata.Name)
            );
            Assert.That(first.Spec.TtlSecondsAfterFinished, Is.Null, "who keeps it there would run it again");
        }
    }

    private static async Task<string> NameAsync(string values) => (await JobAsync(values)).Metadata.Name;

    private static async Task<V1Job> JobAsync(string values) =>
        (await RenderedChart.OfTextAsync(values)).All<V1Job>().Single();
}
