using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;

namespace RotationMesh.ServiceTests.Remote;

/// <summary>Audit log, reports and keys of one control database, by way of a coordinator and without one.</summary>
public sealed class WhenRecordsAreAskedForRemotely
{
    private Fixture fixture = null!;
    private ServiceRun coordinator = null!;

    [OneTimeSetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.LoadAsync(rows: 500);
        coordinator = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        (await coordinator.AskAsync("rotate")).Exits(0);
    }

    [OneTimeTearDown]
    public async Task Stop() => await fixture.DisposeAsync();

    [TestCase("audit")]
    [TestCase("audit", "verify")]
    [TestCase("audit", "export")]
    [TestCase("report")]
    [TestCase("report", "--format", "html")]
    [TestCase("census")]
    [TestCase("verify")]
    [TestCase("keys")]
    [TestCase("failures")]
    [TestCase("list")]
    [TestCase("doctor")]
    public async Task They_are_the_same(params string[] verb)
    {
        foreach (var output in (string[])["text", "json"])
        {
            var there = (await coordinator.AskAsync(["--output", output, .. verb])).Exits(0);
            var here = (await fixture.HereAsync(["--output", output, .. verb])).Exits(0);
            Assert.That(Timeless(OfBoth(there.Output)), Is.EqualTo(Timeless(here.Output)));
            Assert.That(there.Output, Is.Not.Empty);
        }
    }

    [TestCase("census", "table knowledge_sources is locked by")]
    [TestCase("keys retire 1", "table knowledge_sources is locked by")]
    [TestCase("report", "Some tables could not be counted")]
    public async Task Of_a_table_that_somebody_keeps_locked_they_say_so(string verb, string words)
    {
        await using var migration = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var locked = await migration.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("LOCK TABLE knowledge_sources", migration);
        await take.ExecuteNonQueryAsync();

        var told = await coordinator.AskAsync(verb.Split(' '));

        Assert.That(told.Output + told.Error, Does.Contain(words));
        if (verb != "report")
        {
            Assert.That(told.ExitCode, Is.Not.Zero);
            Assert.That(told.Output + told.Error, Does.Contain($"session {migration.ProcessID}"));
        }
    }

    [Test]
    public async Task An_export_is_the_whole_log_and_holds_the_head_that_verification_tells()
    {
        var head = (string)
            (await coordinator.AskAsync("--output", "json", "audit", "verify")).Exits(0).Json()["head"]!;
        var lines = (await coordinator.AskAsync("audit", "export"))
            .Exits(0)
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That((string)JsonNode.Parse(lines[^1])!["hash"]!, Is.EqualTo(head));
        (await coordinator.AskAsync("audit", "verify", "--expect", head)).Exits(0);
        (await coordinator.AskAsync("audit", "verify", "--expect", new string('0', 64))).Exits(3);
        (await coordinator.AskAsync("audit", "verify", "--expect", "head")).Exits(2);
    }

    [Test]
    public async Task A_key_is_retired_where_nothing_is_in_the_way_and_refused_where_something_is()
    {
        await using var other = await Fixture.LoadAsync(rows: 200);
        var asked = await other.StartCoordinator().JoinedAsync();
        await other.StartWorker().JoinedAsync();

        var refused = (await asked.AskAsync("--output", "json", "keys", "retire", "1")).Exits(4);
        (await asked.AskAsync("rotate")).Exits(0);
        var retired = (await asked.AskAsync("--output", "json", "keys", "retire", "1")).Exits(0);
        var never = (await asked.AskAsync("keys", "retire", "9")).Exits(2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Json()["inTheWay"]!.AsArray(), Is.Not.Empty);
            Assert.That((bool)retired.Json()["retired"]!, Is.True);
            Assert.That(never.Error, Does.Contain("never was"));
            Assert.That((await asked.AskAsync("audit")).Output, Does.Contain("retired"));
        }
    }

    // When a report was made, and when a worker was seen last: the rest is of the rotation, which is over.
    // The coordinator alone knows of its broker.
    private static string OfBoth(string text) =>
        Regex.Replace(
            text,
            """(?m)^\S RabbitMQ: .*\n|,\s*\{[^{}]*"subject": "RabbitMQ"[^{}]*\}|\{[^{}]*"subject": "RabbitMQ"[^{}]*\},\s*""",
            ""
        );

    private static string Timeless(string text) =>
        Regex.Replace(
            text,
            """(?i)("madeAt": "|report (was )?made[^\d]*|"lastSeen": "|last seen )\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?""",
            ""
        );
}
