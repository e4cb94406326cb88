using RotationMesh.TestKit;
using RotationMesh.TestKit.Http;

namespace RotationMesh.ServiceTests.Remote;

[Platform("Linux")]
public sealed class WhenACoordinatorFreezes
{
    [Test]
    public async Task Another_concludes_the_rotation_and_the_operator_hears_what_it_waits_for()
    {
        await using var application = await AskedApplication.StartAsync();
        var never = new TaskCompletionSource();
        application.Answer = _ => never.Task;
        await using var fixture = await Fixture.LoadAsync(rows: 300);
        fixture.AddToMap($"postChecks:\n  - {{ name: export, url: {application.Url}/export, timeout: 5m }}");
        var frozen = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        var asked = await frozen.AskAsync("--output", "json", "rotate", "--detach");
        var rotation = asked.Exits(0).Id();
        await Eventually.Holds(
            () => Task.FromResult(application.Asked.Count == 1),
            ServiceRun.Deadline,
            "it concludes"
        );

        frozen.Freeze();
        application.Answer = _ => Task.CompletedTask;
        var next = await fixture.StartCoordinator().JoinedAsync();
        // Where the next one joins later than after a minute, it ends the session at once, and tells that in its log.
        await fixture.UntilAsync(
            rotation,
            now => $"{now.Reason} {next.Output}".Contains("no sign of life", StringComparison.Ordinal),
            "the operator is told"
        );
        var ended = await fixture.EndAsync(rotation);
        never.SetResult();
        frozen.Thaw();
        await Eventually.Holds(
            async () => await frozen.HealthAsync("ready") == 200,
            ServiceRun.Deadline,
            "the frozen one is back"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That((await fixture.NowAsync(rotation)).State, Is.EqualTo("Completed"));
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        }
    }
}
