using Npgsql;
using NUnit.Framework;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Faults;

/// <summary>A server that all tests share is stopped and started again, so nothing else runs meanwhile.</summary>
[TestFixture]
[NonParallelizable]
internal sealed class WhenAServerIsStopped
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task The_broker()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        var broker = await Servers.RabbitMqAsync();
        await site.RotateAsync();
        await broker.StopAsync();
        await broker.StartAgainAsync();
        await site.CompletesAsync();
    }

    [Test]
    public async Task The_database()
    {
        await using var site = await MeshSite.StartAsync(Pace);
        var server = await Servers.PostgresAsync();
        await site.RotateAsync();
        await server.StopImmediatelyAsync();
        await server.StartAgainAsync();
        site.Database.DataSource.Clear();
        NpgsqlConnection.ClearAllPools(); // those of the test to the server itself are dead as well
        await site.CompletesAsync();
    }
}
