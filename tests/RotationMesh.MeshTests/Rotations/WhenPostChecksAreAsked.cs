using Microsoft.AspNetCore.Http;
using Npgsql;
using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit.Http;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenPostChecksAreAsked
{
    // Some of the mesh's nudges (300 ms), each of which asks for the conclusion again.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1.5);

    // After such an answer everything is counted once more.
    private static readonly TimeSpan LongerThanBrief = TimeSpan.FromSeconds(6);

    [Test]
    public async Task A_slow_answer_is_waited_for_and_asked_for_once()
    {
        await using var application = await AskedApplication.StartAsync();
        application.Answer = _ => Task.Delay(Slow);
        await using var loaded = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var world = loaded.Beside(Asking(loaded.Parts.Map, application.Url));
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });

        await mesh.UntilAsync("Completed");

        Assert.That(application.Asked, Has.Count.EqualTo(1));
        Assert.That(
            await world.Database.ScalarAsync<long>(
                "SELECT count(*) FROM rotationmesh.audit_events WHERE kind = 'PostChecked'"
            ),
            Is.EqualTo(1)
        );
    }

    [Test]
    public async Task Rows_that_come_during_a_slow_answer_are_waited_for_and_rotated_too()
    {
        await using var application = await AskedApplication.StartAsync();
        await using var loaded = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await loaded.Database.ExecuteAsync(
            """
            CREATE TABLE kept AS SELECT * FROM knowledge_entries WHERE content <> '__external_storage__' ORDER BY id LIMIT 3;
            UPDATE kept SET id = 'late-' || id
            """
        );
        await using var writer = await loaded.Database.DataSource.OpenConnectionAsync();
        await using var bring = new NpgsqlCommand(
            "BEGIN; INSERT INTO knowledge_entries SELECT * FROM kept",
            writer
        );
        application.Answer = async _ =>
        {
            if (application.Asked.Count > 1)
                return;
            await bring.ExecuteNonQueryAsync();
            await Task.Delay(LongerThanBrief);
        };
        await using var world = loaded.Beside(Asking(loaded.Parts.Map, application.Url));
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });

        await mesh.UntilAsync(
            now => now.Reason?.Contains($"session {writer.ProcessID}", StringComparison.Ordinal) == true,
            "it waits for the transaction"
        );
        var waiting = await mesh.NowAsync();
        await using var commit = new NpgsqlCommand("COMMIT", writer);
        await commit.ExecuteNonQueryAsync();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.State, Is.EqualTo("Verifying"));
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
            Assert.That(application.Asked, Has.Count.EqualTo(2), "once after each sweep");
        }
    }

    [Test]
    public async Task After_a_pause_the_application_is_asked_again()
    {
        await using var application = await AskedApplication.StartAsync();
        await using var loaded = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var writer = await loaded.Database.DataSource.OpenConnectionAsync();
        await using var write = new NpgsqlCommand(
            "BEGIN; UPDATE knowledge_entries SET content = content WHERE id = (SELECT min(id) FROM knowledge_entries)",
            writer
        );
        application.Answer = async _ =>
        {
            if (application.Asked.Count > 1)
                return;
            await write.ExecuteNonQueryAsync();
            await Task.Delay(LongerThanBrief);
        };
        await using var world = loaded.Beside(Asking(loaded.Parts.Map, application.Url));
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });
        await mesh.UntilAsync(
            now => now.Reason?.Contains($"session {writer.ProcessID}", StringComparison.Ordinal) == true,
            "the second count waits for the transaction"
        );

        await mesh.ControlAsync(new PauseRotation(mesh.Id, "test"));
        await mesh.UntilAsync("Paused");
        await mesh.ControlAsync(new ResumeRotation(mesh.Id, "test"));
        await using var rollback = new NpgsqlCommand("ROLLBACK", writer);
        await rollback.ExecuteNonQueryAsync();
        await mesh.UntilAsync("Completed");

        Assert.That(application.Asked, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_failed_one_is_why_the_rotation_ends_with_failures()
    {
        await using var application = await AskedApplication.StartAsync();
        application.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await using var loaded = await SampleWorld.LoadAsync(new SampleOptions { Rows = 300, Tenants = 3 });
        await using var world = loaded.Beside(Asking(loaded.Parts.Map, application.Url));
        await using var mesh = await RunningMesh.StartAsync(world, new WorkerOptions { Concurrency = 1 });

        await mesh.UntilAsync("CompletedWithFailures");

        Assert.That(
            (await mesh.NowAsync())!.Reason,
            Is.EqualTo($"post-check export failed: {application.Url} answered with status 500, not 200")
        );
        Assert.That(await world.AtVersionAsync(1), Is.Zero);
    }

    private static RotationMap Asking(RotationMap map, string url) =>
        map with
        {
            PostChecks =
            [
                new PostCheckEntry(
                    "export",
                    new HttpExpectation
                    {
                        Url = new Deferred<Uri>(new Uri(url)),
                        Status = 200,
                        Timeout = TimeSpan.FromSeconds(20),
                    }
                ),
            ],
        };
}
