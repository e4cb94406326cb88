using System.Text;
using Testcontainers.Redis;

namespace RotationMesh.TestKit.Redis;

/// <summary>A server in a container of the local Docker engine.</summary>
internal static class ContainerRedis
{
    private const string ImageVariable = "ROTATIONMESH_TEST_REDIS_IMAGE";
    private const string DefaultImage = "redis:7";
    private const string Configuration = "/usr/local/etc/redis/redis.conf";
    private const int InnerPort = 6379;

    // The container has an address of its own, and its port is published on 127.0.0.1 alone.
    private static readonly string[] Reachable = ["bind 0.0.0.0", "protected-mode no", $"port {InnerPort}"];

    /// <summary>
    /// Starts one at that port of 127.0.0.1, with these lines of <c>redis.conf</c>; disposing ends it, and its data is gone.
    /// </summary>
    public static async Task<IAsyncDisposable> StartAsync(int port, IReadOnlyList<string> lines)
    {
        var configuration = string.Concat(lines.Concat(Reachable).Select(line => $"{line}\n"));
        var container = new RedisBuilder(Missing.Variable(ImageVariable) ?? DefaultImage)
            .WithPortBinding(port, InnerPort)
            .WithResourceMapping(Encoding.UTF8.GetBytes(configuration), Configuration)
            .WithCommand("redis-server", Configuration)
            .Build();
        try
        {
            await container.StartAsync();
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }
}
