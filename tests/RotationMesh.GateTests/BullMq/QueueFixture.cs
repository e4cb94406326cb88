using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.MapFile.Connections;
using RotationMesh.TestKit.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>One queue of an application with a real BullMQ, under a prefix of its own, and the gate that looks at it.</summary>
internal sealed class QueueFixture : IAsyncDisposable
{
    public const string Queue = "sync-connector";

    private QueueFixture(string url, string prefix, string version, bool cluster)
    {
        (Url, Prefix, Version) = (url, prefix, version);
        Application = BullMqApplication.Start(version, url, prefix, cluster);
        Gate = new BullMqGate(Entry(url, prefix));
    }

    public string Url { get; }

    public string Prefix { get; }

    public string Version { get; }

    public BullMqApplication Application { get; }

    public BullMqGate Gate { get; }

    public static async Task<QueueFixture> CreateAsync(
        string version,
        string? url = null,
        string? prefix = null,
        bool cluster = false
    )
    {
        var fixture = new QueueFixture(
            url ?? await RedisServer.SharedUrlAsync(),
            prefix ?? $"test-{Guid.NewGuid():N}",
            version,
            cluster
        );
        await fixture.Application.CreateAsync(Queue);
        return fixture;
    }

    public static BullMqEntry Entry(string url, string prefix, string? caFile = null) =>
        new("bullmq", Line: 7)
        {
            Redis = new Deferred<RedisAddress>(RedisUrl.Parse(url)),
            CaFile = caFile,
            Prefix = prefix,
            Queues = [Queue],
            DrainTimeout = TimeSpan.FromSeconds(30),
        };

    public Task<GateVerdict> LookAsync() => Gate.CheckAsync(new GateOccasion(), CancellationToken.None);

    public Task<bool> PauseAsync() => Gate.PauseAsync(Queue, CancellationToken.None);

    public Task<bool> ResumeAsync() => Gate.ResumeAsync(Queue, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        await Gate.DisposeAsync();
    }
}
