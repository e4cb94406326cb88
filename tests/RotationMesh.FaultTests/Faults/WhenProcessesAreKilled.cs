using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

[TestFixture]
internal sealed class WhenProcessesAreKilled
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    [Test]
    public async Task A_worker_every_two_seconds_at_random()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        var killed = await KillAsync(
            site,
            () => site.Workers[Random.Shared.Next(site.Workers.Count)].KillAndRestart()
        );
        await site.CompletesAsync();
        Assert.That(killed, Is.GreaterThan(2));
    }

    [Test]
    public async Task The_coordinator()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        var killed = await KillAsync(site, site.Coordinator.KillAndRestart);
        await site.CompletesAsync();
        Assert.That(killed, Is.GreaterThan(0));
    }

    [Test]
    public async Task All_of_them_at_once()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        await site.RotateAsync();
        foreach (var member in site.Workers.Prepend(site.Coordinator))
            member.Kill();
        foreach (var member in site.Workers.Prepend(site.Coordinator))
            member.Restart();
        await site.CompletesAsync();
    }

    // For the time of the rotation, but not for ever: it may never end where everything is always dead.
    private static async Task<int> KillAsync(MeshSite site, Action kill)
    {
        const int Most = 8;
        var killed = 0;
        using var timer = new PeriodicTimer(Between);
        while (killed < Most && await timer.WaitForNextTickAsync() && !await site.IsOverAsync())
        {
            kill();
            killed++;
        }

        TestContext.Out.WriteLine($"{killed} killed");
        return killed;
    }
}
