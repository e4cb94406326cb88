using RotationMesh.Control.Guards;

namespace RotationMesh.Control.Rotations;

/// <summary>Queues of the application that this program paused, so that it resumes only those.</summary>
public sealed class PausedQueueStore(ControlDatabase control)
{
    private const string Insert = """
        INSERT INTO rotationmesh.paused_queues (gate, queue, rotation_id, paused_by)
        VALUES (@Gate, @Queue, @RotationId, @PausedBy)
        ON CONFLICT (gate, queue) DO NOTHING
        """;

    private const string Delete =
        "DELETE FROM rotationmesh.paused_queues WHERE gate = @gate AND queue = @queue";

    private const string Adopt = """
        UPDATE rotationmesh.paused_queues AS paused
        SET rotation_id = @rotationId
        WHERE rotation_id <> @rotationId
          AND NOT EXISTS (SELECT FROM rotationmesh.rotations AS other
                          WHERE other.correlation_id = paused.rotation_id AND other.ended_at IS NULL)
        """;

    private const string HandOver = """
        UPDATE rotationmesh.paused_queues AS paused
        SET rotation_id = other.correlation_id
        FROM (
            SELECT correlation_id FROM rotationmesh.rotations
            WHERE pause_workers AND ended_at IS NULL AND correlation_id <> @rotationId
            ORDER BY started_at
            LIMIT 1
        ) AS other
        WHERE paused.rotation_id = @rotationId
        """;

    private const string Select = """
        SELECT gate, queue, rotation_id, paused_at, paused_by
        FROM rotationmesh.paused_queues
        WHERE @rotationId::uuid IS NULL OR rotation_id = @rotationId
        ORDER BY gate, queue
        """;

    /// <summary>
    /// Records a queue before it is paused, in the caller's <paramref name="turn"/>; an existing record stays.
    /// </summary>
    public static Task AddAsync(HeldWork turn, PausedQueueNote note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return turn.ExecuteAsync(Insert, note, cancellationToken);
    }

    /// <summary>Deletes a queue's record, in the caller's <paramref name="turn"/>. False where there is none.</summary>
    public static async Task<bool> RemoveAsync(
        HeldWork turn,
        string gate,
        string queue,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(turn);
        return await turn.ExecuteAsync(Delete, new { gate, queue }, cancellationToken) > 0;
    }

    /// <summary>Gives a rotation the queues that were paused for another that is over, or never began.</summary>
    public Task AdoptAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.ExecuteAsync(Adopt, new { rotationId }, cancellationToken);

    /// <summary>Gives the queues of a rotation to another one that runs with paused workers, if there is one.</summary>
    public Task HandOverAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.ExecuteAsync(HandOver, new { rotationId }, cancellationToken);

    /// <summary>The queues that a rotation paused, or all where <paramref name="rotationId"/> is null.</summary>
    public Task<IReadOnlyList<PausedQueueNote>> ListAsync(
        Guid? rotationId,
        CancellationToken cancellationToken
    ) => control.QueryAsync<PausedQueueNote>(Select, new { rotationId }, cancellationToken);

    /// <summary>The queues that a rotation paused, each as gate/queue.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => [.. (await ListAsync(rotationId, cancellationToken)).Select(note => $"{note.Gate}/{note.Queue}")];
}

/// <summary>A queue that this program paused.</summary>
public sealed record PausedQueueNote
{
    /// <summary>Name of the gate in the map.</summary>
    public string Gate { get; init; } = "";

    /// <summary>Name of the queue.</summary>
    public string Queue { get; init; } = "";

    /// <summary>The rotation that it was paused for; null where an operator paused it without a rotation.</summary>
    public Guid? RotationId { get; init; }

    /// <summary>When, by the database's clock.</summary>
    public DateTime PausedAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public string PausedBy { get; init; } = "";
}
