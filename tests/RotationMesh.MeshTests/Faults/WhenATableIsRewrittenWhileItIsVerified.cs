using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>Rows change their pages when a table is rewritten, so a reader by pages may pass over them.</summary>
[TestFixture]
internal sealed class WhenATableIsRewrittenWhileItIsVerified
{
    private const string Replace = """
        ALTER TABLE public.knowledge_entries RENAME TO knowledge_entries_away;
        CREATE TABLE public.knowledge_entries (LIKE public.knowledge_entries_away INCLUDING ALL);
        INSERT INTO public.knowledge_entries SELECT * FROM public.knowledge_entries_away
        """;

    private static readonly SampleOptions Small = new() { Rows = 500, Tenants = 5 };

    private const string Rewritten =
        "was renamed, replaced, rewritten, attached or detached, or got other columns, while rows were read: retry";

    [TestCase("VACUUM FULL public.knowledge_entries", Rewritten)]
    [TestCase(Replace, Rewritten)]
    [TestCase(Replace, "another table took its name while the rotation ran")]
    [TestCase(
        "UPDATE rotationmesh.rotation_tables SET leaves = NULL",
        "nobody recorded its partitions when its verification was planned, perhaps an earlier release: retry"
    )]
    public async Task The_rotation_is_complete_only_after_another_verification(
        string rewriting,
        string expected
    )
    {
        await using var world = await SampleWorld.LoadAsync(Small);
        using var open = new ManualResetEventSlim();
        var worker = new WorkerOptions
        {
            Concurrency = 1,
            Verified = _ => open.Wait(TimeSpan.FromSeconds(60)), // after the rows were read
        };
        await using var mesh = await RunningMesh.StartAsync(world, worker);
        await Eventually.Holds(
            async () =>
                (await mesh.LedgerAsync()).Any(sweep =>
                    sweep is { Key.Phase: SweepPhase.Verify, IsPlanned: true }
                ),
            TimeSpan.FromSeconds(60),
            "verification is planned"
        );

        await world.Database.ExecuteAsync(rewriting);
        open.Set();
        await mesh.UntilAsync("CompletedWithFailures");
        var reason = (await mesh.NowAsync())!.Reason;
        await world.Database.ExecuteAsync("DROP TABLE IF EXISTS public.knowledge_entries_away");
        await mesh.ControlAsync(new RetryRotation(mesh.Id, [], [], [], "ann"));
        await mesh.UntilAsync("Completed");

        Assert.That(reason, Does.Contain(expected));
    }
}
