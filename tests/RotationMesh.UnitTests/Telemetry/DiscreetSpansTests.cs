using System.Diagnostics;
using RotationMesh.Telemetry.Tracing;

namespace RotationMesh.UnitTests.Telemetry;

public sealed class DiscreetSpansTests
{
    private const string Quoted = "Key (id)=(customer-4711) already exists";

    [TestCase("Npgsql")]
    [TestCase("MassTransit")]
    [TestCase("System.Net.Http")]
    [TestCase("Microsoft.AspNetCore")]
    [TestCase("Some.Other.Library")]
    public void A_library_s_span_tells_that_it_failed_and_nothing_of_what_was_said(string source)
    {
        var span = Exported(
            source,
            span =>
            {
                span.SetTag("db.query.text", $"SELECT '{Quoted}'");
                span.SetTag("db.statement", $"SELECT '{Quoted}'");
                span.SetTag("exception.message", Quoted);
                span.SetTag("url.full", $"https://app/?{Quoted}");
                span.SetTag("server.address", "db.example.org");
                span.SetTag("error.type", "23505");
                span.AddException(new InvalidOperationException(Quoted));
                span.AddEvent(new ActivityEvent("read", tags: new() { ["row"] = Quoted }));
                span.SetStatus(ActivityStatusCode.Error, Quoted);
            }
        );

        Assert.Multiple(() =>
        {
            Assert.That(span.Recorded, Is.True, "its children keep their parent");
            Assert.That(span.Status, Is.EqualTo(ActivityStatusCode.Error));
            Assert.That(span.StatusDescription, Is.Null);
            Assert.That(span.Events, Is.Empty);
            Assert.That(
                span.TagObjects.Select(tag => (tag.Key, tag.Value)),
                Is.EquivalentTo(
                    new (string, object?)[] { ("server.address", "db.example.org"), ("error.type", "23505") }
                )
            );
        });
    }

    [Test]
    public void The_mesh_s_own_spans_keep_what_they_have()
    {
        var span = Exported("RotationMesh", span => span.SetTag("rotationmesh.outcome", "rotated"));

        Assert.That(span.Recorded, Is.True);
        Assert.That(span.GetTagItem("rotationmesh.outcome"), Is.EqualTo("rotated"));
    }

    private static Activity Exported(string name, Action<Activity> fill)
    {
        using var source = new ActivitySource(name);
        using var listener = new ActivityListener
        {
            ShouldListenTo = listened => listened == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var discreet = new DiscreetSpans();
        var span = source.StartActivity("step")!;
        fill(span);
        span.Stop();
        discreet.OnEnd(span);
        return span;
    }
}
