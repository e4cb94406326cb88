using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Connections;

/// <summary>Many databases on one server: what this program leaves to the application.</summary>
[Parallelizable(ParallelScope.All)] // they wait
public sealed class WhenAServerHasFewConnections
{
    private const int Databases = 40;
    private const int Connections = 60;

    /// <summary>Those that wait for nobody: what is held while rows are counted, and the looks at why something stands still.</summary>
    private const int Beside = 13;

    /// <summary>Time between two looks: many in the shortest step of a rotation, and no load of its own.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    [Test]
    public async Task More_databases_than_it_may_open_are_rotated_and_their_key_retired_with_a_quarter_of_them()
    {
        await using var server = await PrivatePostgres.StartAsync($"max_connections = {Connections}");
        await using var control = await TestDatabase.CreateAsync();
        var fleet = await CreateAsync(server);
        await using var fixture = Fixture.Of(fleet, control.ConnectionString);
        using var end = new CancellationTokenSource();
        var watching = WatchAsync(fleet[0], end.Token);

        var report = await fixture.RotateAsync();
        var retired = await fixture.RetireAsync();

        await end.CancelAsync();
        var most = await watching;
        TestContext.Out.WriteLine($"at most {most} connections at once");
        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Sum(table => table.Rotated), Is.EqualTo(Databases * 5));
        Assert.That(retired.InTheWay, Is.Empty);
        Assert.That(most, Is.InRange(2, (Connections / 4) + Beside));
    }

    [Test]
    public async Task A_pool_size_in_the_connection_string_goes_for_the_whole_server()
    {
        await using var server = await PrivatePostgres.StartAsync($"max_connections = {Connections}");
        await using var control = await TestDatabase.CreateAsync();
        var fleet = await CreateAsync(server);
        await using var small = Fixture.Of(fleet, control.ConnectionString, "Maximum Pool Size=5");
        await using var enough = Fixture.Of(fleet, control.ConnectionString, "Maximum Pool Size=8");
        using var end = new CancellationTokenSource();
        var watching = WatchAsync(fleet[0], end.Token);

        Assert.That(
            async () => await small.RotateAsync(),
            Throws
                .InstanceOf<Core.UsageException>()
                .With.Message.Contains("allows 5 connections, and 2 workers need 6")
                .And.Message.Contains("Maximum Pool Size")
        );
        var report = await enough.RotateAsync();

        await end.CancelAsync();
        Assert.That(report.State, Is.EqualTo("Completed"));
        // On a slow machine some wait for so long that they get one more.
        Assert.That(await watching, Is.LessThanOrEqualTo(8 + (2 * Beside)));
    }

    private static async Task<IReadOnlyList<TestDatabase>> CreateAsync(PrivatePostgres server)
    {
        var first = await server.CreateDatabaseAsync();
        await using (var fixture = Fixture.Of([first], first.ConnectionString))
        {
            await fixture.CreateNotesAsync();
            await fixture.InsertAsync(Note.Many(5));
        }

        var fleet = new List<TestDatabase> { first };
        while (fleet.Count < Databases)
            fleet.Add(await first.CopyAsync());
        return fleet;
    }

    // The most connections of the program to the fleet's server, but for the one that looks.
    private static async Task<long> WatchAsync(TestDatabase any, CancellationToken end)
    {
        await using var connection = await any.DataSource.OpenConnectionAsync(CancellationToken.None);
        await using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rotationmesh'";
        var most = 0L;
        while (!end.IsCancellationRequested)
        {
            most = Math.Max(most, (long)(await count.ExecuteScalarAsync(CancellationToken.None))!);
            await Task.Delay(Look, CancellationToken.None);
        }

        return most;
    }
}
