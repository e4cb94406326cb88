namespace RotationMesh.ServiceTests.Telemetry;

public sealed class WhenARotationIsTraced
{
    private Fixture fixture = null!;
    private OtlpReceiver receiver = null!;

    [OneTimeSetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.LoadAsync(rows: 2000);
        receiver = new OtlpReceiver();
        var coordinator = await fixture.StartCoordinator(receiver.Variables).JoinedAsync();
        var worker = await fixture.StartWorker(receiver.Variables).JoinedAsync();
        var rotate = await coordinator.AskCommandAsync("--output", "json", "rotate");
        var outcome = await (rotate with { Environment = receiver.Variables }).RunAsync(ServiceRun.Deadline);
        outcome.Exits(0);
        Assert.That(await worker.StopAsync(), Is.Zero);
        Assert.That(await coordinator.StopAsync(), Is.Zero);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await fixture.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Test]
    public void One_trace_goes_from_the_operator_s_command_to_the_statements_that_write()
    {
        var spans = receiver.Spans;
        var root = spans.Single(span => span.Name == "rotationmesh rotate");
        var trace = spans.Where(span => span.TraceId == root.TraceId).ToDictionary(span => span.SpanId);
        var statement = trace.Values.First(span =>
            span.Source == "Npgsql"
            && span.Service == "rotationmesh-worker"
            && span.ParentId.Length > 0
            && trace.TryGetValue(span.ParentId, out var parent)
            && parent.Name == "batch"
        );

        var way = new List<ReceivedSpan>();
        for (var at = statement; at is not null; at = trace.GetValueOrDefault(at.ParentId))
            way.Add(at);
        way.Reverse();

        TestContext.Out.WriteLine(string.Join(" > ", way.Select(span => $"{span.Service}: {span.Name}")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(way[0], Is.EqualTo(root), "no span between is missing");
            Assert.That(
                way.Select(span => span.Service).Distinct(),
                Is.EqualTo(["rotationmesh", "rotationmesh-coordinator", "rotationmesh-worker"])
            );
            Assert.That(way.Select(span => span.Name), Does.Contain("dispatch"));
            Assert.That(
                way.Select(span => span.Name).SkipWhile(name => name != "partition").Take(2),
                Is.EqualTo(["partition", "batch"])
            );
        }
    }

    [Test]
    public void The_rotation_is_a_span_from_its_start_to_its_end()
    {
        var root = receiver.Spans.Single(span => span.Name == "rotationmesh rotate");
        var rotation = receiver.Spans.First(span => span.Name == "rotation");
        Assert.That(rotation.TraceId, Is.EqualTo(root.TraceId));
        Assert.That(
            rotation.Duration,
            Is.GreaterThan(receiver.Spans.Where(span => span.Name == "partition").Max(span => span.Duration))
        );
    }

    [Test]
    public void Metrics_have_units()
    {
        using (Assert.EnterMultipleScope())
            foreach (
                var (service, name, unit) in (IEnumerable<(string, string, string)>)
                    [
                        ("rotationmesh-worker", "rotationmesh.rows.rotated", "{row}"),
                        ("rotationmesh-worker", "rotationmesh.rows.verified", "{row}"),
                        ("rotationmesh-worker", "rotationmesh.partition.duration", "s"),
                        ("rotationmesh-coordinator", "rotationmesh.dispatch.window", "{partition}"),
                    ]
            )
                Assert.That(
                    receiver
                        .Metrics.Where(metric => metric.Service == service && metric.Name == name)
                        .Select(metric => metric.Unit)
                        .Distinct(),
                    Is.EqualTo([unit]),
                    name
                );
    }

    [Test]
    public void No_key_and_no_envelope_is_told() =>
        Assert.That(
            receiver
                .Spans.SelectMany(span => span.Attributes.Values)
                .Where(value =>
                    value.Contains(Keys.Old) || value.Contains(Keys.New) || value.Length > 10_000
                ),
            Is.Empty
        );
}
