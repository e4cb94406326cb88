namespace RotationMesh.Gates.BullMq;

/// <summary>The operations on a queue, each one atomic script. All take the keys of <see cref="QueueKeys"/>.</summary>
/// <remarks>
/// BullMQ 5 keeps waiting jobs in the list <c>wait</c>, and in <c>paused</c> while the queue is paused. Its own resume
/// renames one list over the other, so jobs are lost where the flag does not match the list. BullMQ 6 leaves the jobs in
/// <c>wait</c> and merges a left-over <c>paused</c>. So these scripts change flag and list together, never overwrite a
/// list, and leave a queue alone that is already in the wanted state. BullMQ takes jobs from the end of a list, so older
/// jobs stand nearer to the end.
/// </remarks>
internal static class QueueScripts
{
    private const string Names = """
        local meta, wait, paused, active = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
        local prioritized, delayed, marker, events = KEYS[5], KEYS[6], KEYS[7], KEYS[8]

        """;

    /// <summary>
    /// Returns five numbers: whether the queue exists, whether it is paused, and its running, waiting and delayed jobs. A
    /// job in <c>active</c> without a lock is the orphan of a killed worker: it does not count as running. ARGV[1] is
    /// <see cref="QueueKeys.Base"/>.
    /// </summary>
    public const string Look =
        Names
        + """
            local running = 0
            for _, job in ipairs(redis.call('LRANGE', active, 0, -1)) do
              running = running + redis.call('EXISTS', ARGV[1] .. job .. ':lock')
            end
            return {
              redis.call('EXISTS', meta),
              redis.call('HEXISTS', meta, 'paused'),
              running,
              redis.call('LLEN', wait) + redis.call('LLEN', paused) + redis.call('ZCARD', prioritized),
              redis.call('ZCARD', delayed),
            }
            """;

    /// <summary>Pauses the queue. Returns 1: done; 0: it was paused already; -1: there is no such queue.</summary>
    public const string Pause =
        Names
        + """
            if redis.call('EXISTS', meta) == 0 then return -1 end
            if redis.call('HEXISTS', meta, 'paused') == 1 then return 0 end
            if redis.call('EXISTS', paused) == 0 then
              if redis.call('EXISTS', wait) == 1 then redis.call('RENAME', wait, paused) end
            else
              while redis.call('RPOPLPUSH', wait, paused) do end
            end
            redis.call('HSET', meta, 'paused', 1)
            redis.call('DEL', marker)
            redis.call('XADD', events, '*', 'event', 'paused')
            return 1
            """;

    /// <summary>
    /// Resumes the queue. Returns 1: done; 0: it was not paused; -1: there is no such queue. The marker wakes BullMQ's
    /// workers: at once where a job may start, else at the time of the first delayed job (its score has 4,096 units a
    /// millisecond).
    /// </summary>
    public const string Resume =
        Names
        + """
            if redis.call('EXISTS', meta) == 0 then return -1 end
            if redis.call('HEXISTS', meta, 'paused') == 0 then return 0 end
            if redis.call('EXISTS', wait) == 0 then
              if redis.call('EXISTS', paused) == 1 then redis.call('RENAME', paused, wait) end
            else
              local older = redis.call('LPOP', paused)
              while older do
                redis.call('RPUSH', wait, older)
                older = redis.call('LPOP', paused)
              end
            end
            redis.call('HDEL', meta, 'paused')
            if redis.call('LLEN', wait) > 0 or redis.call('ZCARD', prioritized) > 0 then
              redis.call('ZADD', marker, 0, '0')
            else
              local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
              if first[2] then redis.call('ZADD', marker, tonumber(first[2]) / 4096, '1') end
            end
            redis.call('XADD', events, '*', 'event', 'resumed')
            return 1
            """;
}
