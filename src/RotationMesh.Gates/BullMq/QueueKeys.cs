using StackExchange.Redis;

namespace RotationMesh.Gates.BullMq;

/// <summary>The keys of one queue in Redis: <c>prefix:queue:part</c>.</summary>
internal sealed class QueueKeys(string prefix, string queue)
{
    /// <summary>The keys that every script of this folder takes, in the order of its KEYS.</summary>
    public RedisKey[] All { get; } =
    [
        .. new[] { "meta", "wait", "paused", "active", "prioritized", "delayed", "marker", "events" }.Select(
            part => (RedisKey)$"{prefix}:{queue}:{part}"
        ),
    ];

    /// <summary>Prefix of a lock's name: the text before the job's id.</summary>
    public RedisValue Base { get; } = $"{prefix}:{queue}:";
}
