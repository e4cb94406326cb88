using RotationMesh.ServiceTests.Remote;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Upgrading;

public sealed class WhenReleasesMeet
{
    private const int Rows = 6_000;

    [TestCase(true)]
    [TestCase(false)]
    public async Task Replaced_one_by_one_they_lose_no_partition_of_a_rotation_and_do_none_twice(bool forward)
    {
        var (before, after) = forward ? (Release.Current, Release.Next) : (Release.Next, Release.Current);
        await using var fixture = await Fixture.LoadAsync(Rows);
        await fixture.SlowDownAsync(TimeSpan.FromSeconds(2));
        var coordinator = await fixture.StartCoordinator(before).JoinedAsync();
        var worker = await fixture.StartWorker(before).JoinedAsync();
        var rotation = await RotateAsync(coordinator);
        await fixture.WritesAsync();

        var replacing = await fixture.StartWorker(after).JoinedAsync();
        Assert.That(await worker.StopAsync(), Is.Zero);
        var other = await fixture.StartCoordinator(after).JoinedAsync();
        Assert.That(await coordinator.StopAsync(), Is.Zero);
        var left = await fixture.AtVersionAsync(1);
        await fixture.SpeedUpAsync();
        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.Positive, "they were replaced too late to say anything");
            Assert.That(ended.State, Is.EqualTo("Completed"), ended.Reason);
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
            Assert.That(ended.Totals.Rotated, Is.EqualTo(await fixture.AtVersionAsync(2)));
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    $"""
                    SELECT sum(p.rotated)::bigint
                    FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
                    WHERE t.rotation_id = '{rotation}' AND t.phase = 'rotate'
                    """
                ),
                Is.LessThanOrEqualTo(ended.Totals.Rotated),
                "rows by partition, without those of attempts that were given back"
            );
            // Rows that are done twice are counted once. A replaced worker gives partitions back, and each is another attempt. Only
            // silence has what may be done already sent again: a lease that ran out, or nothing heard of the whole rotation.
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE expiries > 0"
                ),
                Is.Zero,
                "partitions that a worker had begun and another one got"
            );
            foreach (var one in (ServiceRun[])[coordinator, other])
                Assert.That(
                    one.Says("partitions are sent again")
                        + one.Says("partitions of silent workers are pending again"),
                    Is.Zero,
                    "times that partitions were sent to another worker, though none had given them back"
                );
            Assert.That(await fixture.DoneByAsync(replacing), Is.Positive);
            Assert.That(
                ended
                    .Workers.Where(one => one.Worker == worker.Name || one.Worker == replacing.Name)
                    .Select(one => one.Version),
                Is.SubsetOf(new[] { before.Version, after.Version }).And.Member(after.Version)
            );
            Assert.That((await other.AskAsync("audit", "verify")).ExitCode, Is.Zero);
        }
    }

    [Test]
    public async Task A_worker_of_another_contract_writes_nothing_and_the_rotation_waits_for_others()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 200);
        var coordinator = await fixture.StartCoordinator(Release.OfAnotherContract).JoinedAsync();
        var stranger = await fixture.StartWorker(Release.Current).JoinedAsync();
        var rotation = await RotateAsync(coordinator);
        await Eventually.Holds(
            () => Task.FromResult(stranger.Says("was dropped") > 0),
            ServiceRun.Deadline,
            "it drops what it was sent"
        );

        var waiting = await fixture.NowAsync(rotation);
        Assert.That(await stranger.StopAsync(), Is.Zero);
        await fixture.StartWorker(Release.OfAnotherContract).JoinedAsync();
        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting.EndedAt, Is.Null);
            Assert.That(waiting.Workers.Select(worker => worker.Worker), Has.No.Member(stranger.Name));
            Assert.That(await fixture.DoneByAsync(stranger), Is.Zero);
            Assert.That(ended.State, Is.EqualTo("Completed"), ended.Reason);
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        }
    }

    private static async Task<Guid> RotateAsync(ServiceRun coordinator) =>
        (await coordinator.AskAsync("--output", "json", "rotate", "--detach", "--batch-size", "50"))
            .Exits(0)
            .Id();
}
