using NUnit.Framework;
using RotationMesh.Contracts;
using RotationMesh.Control.Failures;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

[TestFixture]
internal sealed class WhenAFailedRowIsDeleted
{
    [Test]
    public async Task A_retry_completes_and_nothing_of_it_stands_in_the_way_of_a_retirement()
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 300,
                Tenants = 3,
                Corrupt = 2,
            }
        );
        Guid id;
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            id = mesh.Id;
            await mesh.UntilAsync("CompletedWithFailures");
        }

        Assert.That(await StandingAsync(world), Is.GreaterThan(0));
        foreach (var table in new[] { "connectors", "knowledge_entries", "knowledge_sources" })
            await world.Database.ExecuteAsync($"DELETE FROM {table} WHERE encryption_key_version = 1");

        // A coordinator that knows nothing of the counts from before.
        await using var later = await RunningMesh.OpenAsync(world, new WorkerOptions());
        await later.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
        await later.UntilAsync(id, now => now.State == "Completed", "Completed");

        Assert.That(await StandingAsync(world), Is.Zero);
        Assert.That(
            await new RowFailureStore(world.Parts.Control).ListAsync(id, limit: 10, CancellationToken.None),
            Is.Empty
        );
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task One_that_went_with_its_table_is_no_deleted_one_and_still_stands(bool isRetried)
    {
        await using var world = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 300,
                Tenants = 3,
                Corrupt = 2,
            }
        );
        Guid id;
        await using (var mesh = await RunningMesh.StartAsync(world, new WorkerOptions()))
        {
            id = mesh.Id;
            await mesh.UntilAsync("CompletedWithFailures");
        }

        var before = await StandingAsync(world);
        foreach (var table in new[] { "connectors", "knowledge_entries", "knowledge_sources" })
            await world.Database.ExecuteAsync(
                $"""
                ALTER TABLE public.{table} RENAME TO former_{table};
                CREATE TABLE public.{table} (LIKE public.former_{table} INCLUDING ALL);
                GRANT ALL ON public.{table} TO PUBLIC
                """
            );

        await using var later = await RunningMesh.OpenAsync(world, new WorkerOptions());
        if (isRetried)
        {
            await later.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
            await later.UntilAsync(
                id,
                now => now is { State: "CompletedWithFailures", Reason: not null },
                "it ends with the reason"
            );
            Assert.That((await later.NowAsync(id))!.Reason, Does.Contain("former_connectors"));
        }
        else
            await later.UntilAsync(
                await later.StartAnotherAsync(),
                now => now.State == "Completed",
                "another one completes, which never was for them"
            );

        Assert.That(await StandingAsync(world), Is.EqualTo(before).And.GreaterThan(0));

        await world.Database.ExecuteAsync(
            "DROP TABLE public.former_connectors, public.former_knowledge_entries, public.former_knowledge_sources CASCADE"
        );
        if (isRetried)
            await later.ControlAsync(new RetryRotation(id, [], [], [], "ann"));
        else
            id = await later.StartAnotherAsync();
        await later.UntilAsync(id, now => now.State == "Completed", "Completed");
        Assert.That(await StandingAsync(world), Is.Zero);
    }

    private static async Task<long> StandingAsync(SampleWorld world) =>
        (await StandingFailures.ListAsync(world.Parts.Control, [], CancellationToken.None)).Sum(failure =>
            failure.Rows
        );
}
