using Npgsql;
using NUnit.Framework;
using RotationMesh.Mesh.Working;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Rotations;

[TestFixture]
internal sealed class WhenADatabaseIsUnreachable
{
    [Test]
    public async Task The_others_are_rotated_and_it_completes_by_itself_once_the_database_is_back()
    {
        await using var world = await SampleWorld.LoadAsync(new SampleOptions { Rows = 1000, Tenants = 3 });
        var direct = new NpgsqlConnectionStringBuilder(world.Database.ConnectionString);
        await using var door = new TcpRelay("127.0.0.1", direct.Port);
        var late = new NpgsqlConnectionStringBuilder(direct.ConnectionString)
        {
            Host = "127.0.0.1",
            Port = door.Port,
        };
        var yaml = SampleMap
            .Yaml("APP")
            .Replace("scopes:", "control:\n  connectionString: ${APP}\nscopes:")
            .Replace("keys:", "  late:\n    connectionString: ${LATE}\nkeys:");
        var knowledge = yaml.IndexOf("  knowledge:", StringComparison.Ordinal);
        yaml = yaml[..knowledge] + yaml[knowledge..].Replace("database: app", "database: late");
        await using var two = world.Beside(
            SampleWorld.Read(yaml, name => name == "LATE" ? late.ConnectionString : direct.ConnectionString)
        );
        await using var mesh = await RunningMesh.StartAsync(two, new WorkerOptions());

        await mesh.UntilAsync(now => now is { State: "Rotating", Reason: not null }, "the reason shows");
        var waiting = await mesh.NowAsync();
        var rotated = await world.AtVersionAsync(2);
        door.Open();
        await mesh.UntilAsync("Completed");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(waiting!.Reason, Does.Contain("late"));
            Assert.That(rotated, Is.GreaterThan(0), "the database that answers is rotated");
            Assert.That(await world.AtVersionAsync(1), Is.Zero);
        }
    }
}
