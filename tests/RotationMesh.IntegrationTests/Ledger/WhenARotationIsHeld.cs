using Dapper;
using Npgsql;
using RotationMesh.Coordination.Persistence;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>Somebody holds a rotation's row, and a coordinator waits for it.</summary>
public sealed class WhenARotationIsHeld
{
    [Test]
    public async Task The_coordinator_s_time_is_that_of_the_end_of_its_wait()
    {
        await using var scene = await LedgerScene.CreateAsync();
        await using var session = await scene.Source.OpenConnectionAsync();
        await using var hold = await session.BeginTransactionAsync();
        // As an operator's session, which nothing ends, however busy the machine is.
        await using (
            var command = new NpgsqlCommand(
                "SET LOCAL idle_in_transaction_session_timeout = 0; SELECT FROM rotationmesh.rotations FOR UPDATE",
                session
            )
        )
            await command.ExecuteNonQueryAsync();
        await using var other = await scene.Source.OpenConnectionAsync();
        var waiting = other.QuerySingleAsync(RotationSql.Lock, new { CorrelationId = scene.RotationId });
        await Eventually.Holds(
            () =>
                scene.ScalarAsync<bool>(
                    $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {session.ProcessID} = ANY (pg_blocking_pids(pid)))"
                ),
            TimeSpan.FromMinutes(1),
            "it waits"
        );

        var meanwhile = await scene.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        await hold.RollbackAsync();
        var read = (IDictionary<string, object>)await waiting;

        Assert.That(read["heard_at"], Is.GreaterThan(meanwhile));
    }
}
