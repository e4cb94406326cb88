using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Remote;

/// <summary>The same order to a coordinator, and to a process of its own on a copy of the same rows.</summary>
public sealed class WhenARotationIsRunByACoordinator
{
    private static readonly string[] Rotate = ["--output", "json", "rotate"];

    [TestCase(0, 0)]
    [TestCase(3, 3)]
    public async Task It_gives_the_document_and_the_exit_code_of_an_embedded_one(int damaged, int exitCode)
    {
        await using var fixture = await Fixture.LoadAsync(rows: 2000);
        await fixture.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET content = 'AAAA'
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT {damaged})
            """
        );
        await using var copy = await fixture.Database.CopyAsync();
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();

        var there = (await coordinator.AskAsync(Rotate)).Exits(exitCode);
        var here = (await fixture.HereAsync(copy, Rotate)).Exits(exitCode);

        var head = ((string)there.Json()["auditHead"]!).Split(':');
        Assert.That(there.Common(), Is.EqualTo(here.Common()));
        Assert.That(coordinator.Output, Does.Contain(head[1]), "the log of the service has the newest hash");
        Assert.That(await fixture.AtVersionAsync(1), Is.EqualTo(damaged));
    }

    [TestCase("--only", "conectors")]
    [TestCase("--tenant", "nobody")]
    [TestCase("--target-version", "9")]
    [TestCase("--ignore-gate", "bullmq")]
    [TestCase("--dry-run", "--only", "conectors")]
    public async Task What_the_operator_can_mend_is_told_in_the_same_words(params string[] options)
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        var coordinator = await fixture.StartCoordinator().JoinedAsync();

        var there = (await coordinator.AskAsync([.. Rotate, .. options])).Exits(2);
        var here = (await fixture.HereAsync([.. Rotate, .. options])).Exits(2);

        Assert.That(there.Output, Is.EqualTo(here.Output));
        Assert.That(Said(there.Error), Is.EqualTo(Said(here.Error)));
        Assert.That(await fixture.AtVersionAsync(2), Is.Zero);
    }

    // On a busy machine it takes long enough for a line of progress.
    private static IEnumerable<string> Said(string error) =>
        error.Split('\n').Where(line => !line.StartsWith("Checking", StringComparison.Ordinal));

    [Test]
    public async Task A_gate_that_does_not_hold_refuses_it_and_may_be_ignored_for_a_reason()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        fixture.AddToMap("gates: { workers: [ { command: { run: [/bin/false] } } ] }");
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();

        var there = (await coordinator.AskAsync(Rotate)).Exits(4);
        var here = (await fixture.HereAsync(Rotate)).Exits(4);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(there.Output, Is.EqualTo(here.Output).And.Contain("gate command"));
            Assert.That(await fixture.AtVersionAsync(2), Is.Zero);
            Assert.That(
                (await coordinator.AskAsync("--output", "json", "list")).Output,
                Does.Not.Contain("rotationId")
            );
        }

        (await coordinator.AskAsync("doctor")).Exits(4);
        (await coordinator.AskAsync("rotate", "--ignore-gate", "command", "--reason", "window")).Exits(0);
        Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
    }

    [Test]
    public async Task Nobody_there_is_exit_code_6()
    {
        var nobody = new CommandLine(
            Artifacts.RotationMesh,
            ["--server", "http://127.0.0.1:1", "--output", "json", "rotate"]
        );
        var outcome = (await nobody.RunAsync(ServiceRun.Deadline)).Exits(6);
        Assert.That((int)outcome.Json()["exitCode"]!, Is.EqualTo(6));
        Assert.That(outcome.Error, Does.Contain("127.0.0.1:1"));
    }

    [Test]
    public async Task Who_is_interrupted_stops_following_and_the_rotation_goes_on()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 2000);
        await fixture.SlowDownAsync(TimeSpan.FromSeconds(3));
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        await using var rotating = (
            await coordinator.AskCommandAsync([.. Rotate, "--batch-size", "100"])
        ).Start();
        await fixture.WritesAsync();

        rotating.Interrupt();
        var stopped = (await rotating.EndAsync(ServiceRun.Deadline)).Exits(5);

        await fixture.SpeedUpAsync();
        Assert.That(stopped.Error, Does.Contain("goes on").And.Contain("rotationmesh watch"));
        var watched = (await coordinator.AskAsync("--output", "json", "watch")).Exits(0);
        Assert.That(watched.State(), Is.EqualTo("Completed"));
    }
}
