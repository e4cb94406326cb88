using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.CliTests.Support;

/// <summary>A site whose map has a gate of two queues, and the application that works on them with a real BullMQ.</summary>
internal sealed class GatedSite : IAsyncDisposable
{
    public const string Queue = "sync-connector";
    public const string Other = "knowledge-retention";
    private const string Version = "5.63.0";

    private GatedSite(Site site, BullMqApplication application) => (Site, Application) = (site, application);

    public Site Site { get; }

    public BullMqApplication Application { get; }

    public TestDatabase Database => Site.Database;

    public static async Task<GatedSite> LoadAsync(params string[] options) =>
        await LoadFromAsync(await RedisServer.SharedUrlAsync(), options);

    /// <summary>The same with a Redis of the test's own.</summary>
    public static async Task<GatedSite> LoadFromAsync(string redis, params string[] options)
    {
        var prefix = $"test-{Guid.NewGuid():N}";
        var application = BullMqApplication.Start(Version, redis, prefix);
        await application.CreateAsync(Queue);
        await application.CreateAsync(Other);
        var site = await Site.LoadAsync(options);
        site.Variables["REDIS_URL"] = redis;
        site.Map += $$"""

            gates:
              workers:
                - bullmq: { redis: "${REDIS_URL}", prefix: {{prefix}}, queues: [{{Queue}}, {{Other}}], drainTimeout: 30s }
            """;
        return new GatedSite(site, application);
    }

    public async Task PauseAsync()
    {
        await Application.PauseAsync(Queue);
        await Application.PauseAsync(Other);
    }

    /// <summary>The queues that are paused, as the program sees them.</summary>
    public async Task<IReadOnlyList<string>> PausedAsync() =>
        [
            .. (await Site.RunAsync("--output", "json", "workers", "status")).Exits(0).Json()["queues"]!
                .AsArray()
                .Where(queue => (bool)queue!["paused"]!)
                .Select(queue => (string)queue!["queue"]!),
        ];

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await Site.DisposeAsync();
    }
}
