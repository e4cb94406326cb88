using RotationMesh.Client;
using RotationMesh.Operations;

namespace RotationMesh.ApiTests.Faults;

public sealed class WhenTheServerIsNoCoordinator
{
    [TestCase("application/json", "{}")]
    [TestCase("application/json", "null")]
    [TestCase("application/json", "[]")]
    [TestCase("application/json", "")]
    [TestCase("text/html", "<html><body>Welcome</body></html>")]
    [TestCase("text/plain; charset=nonsense", "{}")]
    public async Task Whatever_is_asked_is_told_so(string type, string text)
    {
        await using var server = await ForeignServer.SayingAsync(type, text);
        using var coordinator = new Coordinator(server.Address, null);
        var expected =
            $"{server.Address.GetLeftPart(UriPartial.Authority)} answered with something else than a coordinator does";

        using (Assert.EnterMultipleScope())
            foreach (var (name, ask) in Everything(coordinator))
                Assert.That(
                    async () => await ask(),
                    Throws.InvalidOperationException.With.Message.EqualTo(expected),
                    name
                );
    }

    [Test]
    public async Task An_event_that_tells_nothing_is_told_so()
    {
        await using var server = await ForeignServer.SayingAsync(
            "text/event-stream",
            "event: result\ndata: {}\n\n"
        );
        using var coordinator = new Coordinator(server.Address, null);
        Assert.That(
            () =>
                new RemoteInspections(coordinator).VerifyAsync(
                    new VerificationOrder(),
                    new Progress(),
                    CancellationToken.None
                ),
            Throws.InvalidOperationException.With.Message.EndsWith("something else than a coordinator does")
        );
    }

    private static IEnumerable<(string Name, Func<Task> Ask)> Everything(Coordinator coordinator)
    {
        var rotations = new RemoteRotations(coordinator);
        var inspections = new RemoteInspections(coordinator);
        var audit = new RemoteAuditTrail(coordinator);
        var retirement = new RemoteKeyRetirement(coordinator);
        var workers = new RemoteWorkers(coordinator);
        var order = new RotationOrder { RequestedBy = "ann" };
        var none = CancellationToken.None;
        var cancel = new ControlOrder { Action = ControlAction.Cancel, RequestedBy = "ann" };
        var retire = new RetirementOrder { Version = 1, RequestedBy = "ann" };
        yield return ("rotate", () => rotations.StartAsync(order, none));
        yield return ("status", () => rotations.FindAsync(null, none));
        yield return ("list", () => rotations.ListAsync(none));
        yield return ("failures", () => rotations.ListFailuresAsync(null, none));
        yield return ("cancel", () => rotations.ControlAsync(null, cancel, none));
        yield return ("watch", () => ReadAsync(rotations.FollowAsync(Guid.NewGuid(), none)));
        yield return ("dry run", () => inspections.DryRunAsync(order, new Progress(), none));
        yield return ("verify", () => inspections.VerifyAsync(new VerificationOrder(), new Progress(), none));
        yield return ("census", () => inspections.CountAsync(new RowSelection(), none));
        yield return ("keys", () => inspections.ListKeysAsync(none));
        yield return ("doctor", () => inspections.ExamineAsync(false, none));
        yield return ("keys retire", () => retirement.RetireAsync(retire, new Progress(), none));
        yield return ("report", () => new RemoteReports(coordinator).ReportAsync(null, none));
        yield return ("audit", () => audit.ListAsync(null, none));
        yield return ("audit verify", () => audit.VerifyAsync(null, none));
        yield return ("audit export", () => ReadAsync(audit.ExportAsync(none)));
        yield return ("workers status", () => workers.LookAsync(none));
        yield return ("workers resume", () => workers.ResumeAsync(none));
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items) { }
    }
}
