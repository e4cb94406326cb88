using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Remote;

public sealed class WhenCoordinatorsComeAndGo
{
    [Test]
    public async Task Watch_survives_the_restart_of_the_one_that_it_asks()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 3000);
        await fixture.SlowDownAsync(TimeSpan.FromMilliseconds(200));
        var first = await fixture.StartCoordinator().JoinedAsync();
        await fixture.StartWorker().JoinedAsync();
        (await first.AskAsync("rotate", "--detach", "--batch-size", "50")).Exits(0);
        await fixture.WritesAsync();
        await using var watching = (await first.AskCommandAsync("--output", "json", "watch")).Start();
        await Eventually.Holds(
            () => Task.FromResult(watching.ErrorSoFar.Contains("Rotating")),
            ServiceRun.Deadline,
            "it shows how far the rotation is"
        );

        var address = await first.AddressAsync();
        first.Kill();
        await Eventually.Holds(
            () => Task.FromResult(watching.ErrorSoFar.Contains("trying again")),
            ServiceRun.Deadline,
            "it has noticed"
        );
        await fixture.SpeedUpAsync();
        await fixture.StartCoordinatorAt(address.Port).JoinedAsync();

        var ended = (await watching.EndAsync(ServiceRun.Deadline)).Exits(0);
        Assert.That(ended.State(), Is.EqualTo("Completed"));
    }

    [Test]
    public async Task Two_at_once_do_no_work_twice_and_either_answers()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 20_000);
        var (one, other) = (fixture.StartCoordinator(), fixture.StartCoordinator());
        await one.JoinedAsync();
        await other.JoinedAsync();
        await fixture.StartWorker().JoinedAsync();

        var rotated = (await one.AskAsync("--output", "json", "rotate")).Exits(0);
        var seen = (await other.AskAsync("--output", "json", "status")).Exits(0);
        var again = (await other.AskAsync("--output", "json", "rotate")).Exits(0);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.Common(), Is.EqualTo(rotated.Common()));
            Assert.That((long)again.Json()["totals"]!["rotated"]!, Is.Zero);
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    "SELECT count(*) FROM rotationmesh.partitions WHERE attempt > 1"
                ),
                Is.Zero,
                "partitions that were sent twice"
            );
            Assert.That(
                await fixture.Database.ScalarAsync<long>(
                    $"""
                    SELECT sum(p.rotated)::bigint
                    FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
                    WHERE t.rotation_id = '{rotated.Id()}' AND t.phase = 'rotate'
                    """
                ),
                Is.EqualTo((long)rotated.Json()["totals"]!["rotated"]!),
                "rows by partition"
            );
            Assert.That((await one.AskAsync("audit", "verify")).ExitCode, Is.Zero);
        }
    }
}
