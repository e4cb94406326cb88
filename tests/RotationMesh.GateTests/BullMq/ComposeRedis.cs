using RotationMesh.TestKit;
using RotationMesh.TestKit.Deployment;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Redis with the configuration and the list of users of compose/, on a port and in a folder of its own.</summary>
internal sealed class ComposeRedis : IAsyncDisposable
{
    private readonly ComposeSecrets secrets;
    private readonly string folder;

    private ComposeRedis(ComposeSecrets secrets, string folder, RedisServer server) =>
        (this.secrets, this.folder, Server) = (secrets, folder, server);

    /// <summary>The server.</summary>
    public RedisServer Server { get; }

    public static async Task<ComposeRedis> StartAsync()
    {
        var secrets = await ComposeSecrets.MakeAsync();
        var folder = Directory.CreateTempSubdirectory("rotationmesh-redis-").FullName;
        var lines = File.ReadLines(Path.Combine(RepositoryRoot.Path, "compose/redis/redis.conf"))
            .Where(line => !line.StartsWith('#'))
            .Select(line =>
                line switch
                {
                    "bind 0.0.0.0" => "bind 127.0.0.1",
                    "port 6379" => "port PORT",
                    "dir /data" => $"dir {folder}",
                    "aclfile /run/secrets/users.acl" => $"aclfile {secrets.PathOf("redis/users.acl")}",
                    _ => line,
                }
            );
        return new ComposeRedis(secrets, folder, await RedisServer.StartAsync([.. lines]));
    }

    /// <summary>Where the part of the stack is led, on this server.</summary>
    public string Url(string part) => secrets.Address(part, "REDIS_URL", Server.Port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        secrets.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
