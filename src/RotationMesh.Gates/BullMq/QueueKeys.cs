using StackExchange.Redis;

namespace RotationMesh.Gates.BullMq;

/// <summary>The keys of one queue in Redis: <c>prefix:queue:part</c>.</summary>
internal sealed class QueueKeys(string prefix, string queue)
{
    /// <summary>What every script of this folder takes, in the order of its KEYS.</summary>
    public RedisKey[] All { get; } =
    [
        .. new[] { "meta", "wait", "paused", "active", "prioritized", "delayed", "marker", "events" }.Select(
            part => (RedisKey)$"{prefix}:{queue}:{part}"
        ),
    ];

    /// <summary>What a job's lock is named with: the text before the job's id.</summary>
    public RedisValue Base { get; } = $"{prefix}:{queue}:";
}
