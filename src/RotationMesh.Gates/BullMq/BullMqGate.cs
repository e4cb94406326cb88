using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.BullMq;

/// <summary>Holds while every queue is paused and none of its jobs runs.</summary>
public sealed class BullMqGate(BullMqEntry entry) : IPausableWorkers, IAsyncDisposable
{
    private readonly RedisConnection redis = new(entry);

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        try
        {
            return Judge(await LookAsync(cancellationToken));
        }
        catch (GateUnreadableException e)
        {
            return Lost(e.Message, $"check the Redis server that line {entry.Line} of the map names");
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QueueState>> LookAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(entry.Queues.Select(queue => LookAsync(queue, cancellationToken)));

    /// <inheritdoc/>
    public Task<bool> PauseAsync(string queue, CancellationToken cancellationToken) =>
        ChangeAsync(QueueScripts.Pause, queue, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ResumeAsync(string queue, CancellationToken cancellationToken) =>
        ChangeAsync(QueueScripts.Resume, queue, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => redis.DisposeAsync();

    private async Task<QueueState> LookAsync(string queue, CancellationToken cancellationToken)
    {
        var found = (long[])(await redis.EvaluateAsync(QueueScripts.Look, Keys(queue), cancellationToken))!;
        return new QueueState(
            queue,
            Exists: found[0] == 1,
            Paused: found[1] == 1,
            Active: found[2],
            Waiting: found[3],
            Delayed: found[4]
        );
    }

    private async Task<bool> ChangeAsync(string script, string queue, CancellationToken cancellationToken) =>
        (int)await redis.EvaluateAsync(script, Keys(queue), cancellationToken) switch
        {
            1 => true,
            0 => false,
            _ => throw new GateUnreadableException(Missing(queue)) { IsRefusal = true },
        };

    private QueueKeys Keys(string queue) => new(entry.Prefix, queue);

    private GateVerdict Judge(IReadOnlyList<QueueState> queues)
    {
        if (queues.FirstOrDefault(queue => !queue.Exists) is { } missing)
            return Lost(Missing(missing.Name), $"check prefix and queues at line {entry.Line} of the map");
        string[] open = [.. queues.Where(queue => !queue.Paused).Select(queue => queue.Name)];
        if (open.Length > 0)
            return Lost(
                $"not paused: {string.Join(", ", open)}",
                "pause them with 'rotationmesh workers pause', or rotate with --pause-workers"
            );
        string[] busy =
        [
            .. queues.Where(queue => queue.Active > 0).Select(queue => $"{queue.Name} ({queue.Active})"),
        ];
        if (busy.Length > 0)
            return Lost(
                $"paused, but jobs still run: {string.Join(", ", busy)}",
                "wait until they end; drainTimeout says how long a start waits for them"
            ) with
            {
                DrainTimeout = entry.DrainTimeout,
            };
        var counted = queues.Count == 1 ? "the queue is" : $"all {queues.Count} queues are";
        return new GateVerdict(entry.Name, Holds: true, $"{counted} paused and idle");
    }

    private GateVerdict Lost(string reason, string fix) => new(entry.Name, Holds: false, reason, fix);

    private string Missing(string queue) =>
        $"there is no queue {queue} with the prefix {entry.Prefix} in this Redis database";
}
