using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>A row that is written after a worker has read its place is read by no worker, wherever it comes to stand.</summary>
[TestFixture]
internal sealed class WhenRowsAreWrittenWhileTheyAreVerified
{
    private const string Damage = """
        UPDATE knowledge_entries SET content = overlay(content placing 'AAAAAAAA' from 40)
        WHERE id = (SELECT max(id) FROM knowledge_entries WHERE content <> '__external_storage__')
        """;

    // A worker tells after a thousand rows, or at the end of a partition: then it has read all of that table.
    private static readonly SampleOptions Small = new() { Rows = 900, Tenants = 5 };

    [TestCase("")]
    [TestCase("full")]
    public async Task One_that_does_not_decrypt_keeps_the_rotation_from_being_complete(string verify)
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var read = new ManualResetEventSlim();
        using var open = new ManualResetEventSlim();
        await using var mesh = await RunningMesh.StartAsync(
            world,
            new WorkerOptions { Concurrency = 1, Verified = Hold },
            verify: verify
        );
        await Eventually.Holds(() => Task.FromResult(read.IsSet), TimeSpan.FromSeconds(60), "rows are read");

        await world.Database.ExecuteAsync(Damage);
        open.Set();
        await mesh.UntilAsync("CompletedWithFailures");
        var reason = (await mesh.NowAsync())!.Reason;
        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));
        await mesh.UntilAsync(now => now.Sweep > 1 && now.State == "CompletedWithFailures", "it ends again");

        // The coordinator's sample may come upon the row, and is first.
        Assert.That(
            reason,
            Does.Match(
                "table knowledge_entries: (1 rows that were written since their verification was planned|1 of [0-9]+ values .*) do not decrypt"
            )
        );
        Assert.That(await world.TotalAsync("Failed"), Is.EqualTo(1), "workers read the whole table then");

        void Hold(long rows)
        {
            if (rows < Small.Rows / 2)
                return; // another table
            read.Set();
            open.Wait(TimeSpan.FromSeconds(60));
        }
    }
}
