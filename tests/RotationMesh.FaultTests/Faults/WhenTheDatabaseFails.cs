using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
internal sealed class WhenTheDatabaseFails
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task Every_session_ended_again_and_again()
    {
        const int Times = 6;
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.5));
        var ended = 0L;
        for (var i = 0; i < Times && await timer.WaitForNextTickAsync(); i++)
            ended += await site.Database.ScalarAsync<long>(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """
            );
        await site.CompletesAsync();
        Assert.That(ended, Is.GreaterThan(Times));
    }
}
