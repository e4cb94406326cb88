using Npgsql;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>Somebody holds a row of the ledger, so what workers say is not written. They are not to blame.</summary>
public sealed class WhenARowOfTheLedgerIsHeld
{
    private LedgerScene scene = null!;
    private NpgsqlConnection session = null!;
    private NpgsqlTransaction hold = null!;
    private IReadOnlyList<TakenPartition> taken = [];
    private Task settling = Task.CompletedTask;

    [SetUp]
    public async Task Hold()
    {
        scene = await LedgerScene.CreateAsync();
        await scene.PlanAsync(2);
        taken = await scene.TakeAsync();
        foreach (var partition in taken)
            await scene.BeginAsync(partition);
        session = await scene.Source.OpenConnectionAsync();
        hold = await session.BeginTransactionAsync();
        // As an operator's session, which nothing ends, however busy the machine is.
        await using (
            var command = new NpgsqlCommand(
                "SET LOCAL idle_in_transaction_session_timeout = 0; SELECT FROM rotationmesh.sweep_tables FOR UPDATE",
                session
            )
        )
            await command.ExecuteNonQueryAsync();
        settling = scene.SettleAsync(taken[0].Done());
        await Eventually.Holds(
            () =>
                scene.ScalarAsync<bool>(
                    $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {session.ProcessID} = ANY (pg_blocking_pids(pid)))"
                ),
            TimeSpan.FromMinutes(1),
            "the result waits for the totals"
        );
    }

    [TearDown]
    public async Task Remove()
    {
        await hold.DisposeAsync();
        await session.DisposeAsync();
        await scene.DisposeAsync();
    }

    [Test]
    public async Task Silence_takes_nothing_back_until_it_is_let_go_of()
    {
        var meanwhile = await ReleaseAsync();
        await hold.RollbackAsync();
        await settling;
        var afterwards = await ReleaseAsync();

        Assert.That(meanwhile, Is.Zero);
        Assert.That(afterwards, Is.EqualTo(1), "the other partition");
    }

    [Test]
    public async Task A_lease_that_ends_is_no_strike()
    {
        await scene.ExecuteAsync(
            $"UPDATE rotationmesh.partitions SET lease_until = now() WHERE partition_id = {taken[1].PartitionId}"
        );

        var reclaimed = await scene.Reclaim.ReclaimAsync([], CancellationToken.None);
        await hold.RollbackAsync();
        await settling;

        Assert.That(reclaimed, Is.EqualTo(new ReclaimTally(1, 0)));
        Assert.That(
            await scene.ScalarAsync<long>("SELECT sum(expiries)::bigint FROM rotationmesh.partitions"),
            Is.Zero
        );
    }

    private async Task<int> ReleaseAsync() =>
        (
            await scene.Leases.ReleaseAsync(
                scene.RotationId,
                TimeSpan.Zero,
                scene.Rules,
                CancellationToken.None
            )
        ).Partitions;
}
