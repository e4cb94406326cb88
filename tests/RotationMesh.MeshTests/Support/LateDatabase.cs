using System.Net.Sockets;
using System.Text;
using Npgsql;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Support;

/// <summary>The database of a sample under two names of a map: <c>app</c>, and as <c>late</c> behind a door.</summary>
internal static class LateDatabase
{
    /// <summary>A door that lets nobody through before it is opened.</summary>
    public static TcpRelay Door(SampleWorld world) => new("127.0.0.1", Port(world));

    /// <summary>A door that ends each connection over which that SQL comes, as long as it is mute.</summary>
    public static TcpRelay Door(SampleWorld world, string sql, Func<bool> isMute) =>
        new("127.0.0.1", Port(world), (from, to, closed) => PassAsync(from, to, sql, isMute, closed));

    /// <summary>The world in which the tables of knowledge are behind the door.</summary>
    public static SampleWorld Behind(SampleWorld world, TcpRelay door)
    {
        var direct = world.Database.ConnectionString;
        // Without encryption, so that a door can read what passes.
        var late = new NpgsqlConnectionStringBuilder(direct)
        {
            Host = "127.0.0.1",
            Port = door.Port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        var yaml = SampleMap
            .Yaml("APP")
            .Replace("scopes:", "control:\n  connectionString: ${APP}\nscopes:")
            .Replace("keys:", "  late:\n    connectionString: ${LATE}\nkeys:");
        var knowledge = yaml.IndexOf("  knowledge:", StringComparison.Ordinal);
        yaml = yaml[..knowledge] + yaml[knowledge..].Replace("database: app", "database: late");
        return world.Beside(SampleWorld.Read(yaml, name => name == "LATE" ? late.ConnectionString : direct));
    }

    private static int Port(SampleWorld world) =>
        new NpgsqlConnectionStringBuilder(world.Database.ConnectionString).Port;

    private static async Task PassAsync(
        NetworkStream from,
        NetworkStream to,
        string sql,
        Func<bool> isMute,
        CancellationToken closed
    )
    {
        var buffer = new byte[65_536];
        while (await from.ReadAsync(buffer, closed) is > 0 and var read)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, read);
            if (isMute() && text.Contains(sql, StringComparison.Ordinal))
                return;
            await to.WriteAsync(buffer.AsMemory(0, read), closed);
        }
    }
}
