using Npgsql;
using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
[Platform("Linux")]
internal sealed class WhenAProcessFreezes
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task A_worker_whose_part_the_others_do()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        site.Workers[0].Freeze();
        await site.CompletesAsync();
    }

    [Test]
    public async Task One_of_two_coordinators()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        site.AddCoordinator();
        await site.RotateAsync();
        site.Coordinator.Freeze();
        await site.CompletesAsync();
    }

    /// <summary>Its transaction is open and holds what the other one has to write.</summary>
    [Test]
    public async Task A_coordinator_that_has_written_half_of_what_workers_said()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        await using (var session = await site.Database.DataSource.OpenConnectionAsync())
        await using (var totals = await session.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand(
                "SELECT FROM rotationmesh.sweep_tables FOR UPDATE",
                session
            );
            await hold.ExecuteNonQueryAsync();
            await site.UntilAsync(
                () =>
                    site.Database.ScalarAsync<bool>(
                        $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {session.ProcessID} = ANY (pg_blocking_pids(pid)))"
                    ),
                TimeSpan.FromMinutes(4),
                "the coordinator writes totals"
            );
            site.Coordinator.Freeze();
            site.AddCoordinator();
        }

        await site.CompletesAsync();
    }
}
