using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Settling;

/// <summary>Workers that refused a rotation's partitions, for <c>status</c> to name.</summary>
public sealed class Refusals(ControlDatabase control)
{
    // Sorted, so that two coordinators that record the same refusals lock them in the same order.
    private const string Record = """
        INSERT INTO rotationmesh.refusals (rotation_id, worker, reason, refusals)
        SELECT r.rotation_id, r.worker, r.reason, count(*)
        FROM unnest(@rotations, @workers, @reasons) AS r (rotation_id, worker, reason)
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (rotation_id, worker, reason)
        DO UPDATE SET refusals = refusals.refusals + excluded.refusals,
                      last_at = greatest(refusals.last_at, excluded.last_at)
        """;

    private const string List = """
        SELECT worker, reason, refusals AS times, last_at FROM rotationmesh.refusals
        WHERE rotation_id = @rotationId ORDER BY last_at DESC, worker, reason LIMIT @limit
        """;

    /// <summary>Lists who refused a rotation's partitions and why, the latest first.</summary>
    public Task<IReadOnlyList<Refusal>> ListAsync(
        Guid rotationId,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<Refusal>(List, new { rotationId, limit }, cancellationToken);

    internal static Task RecordAsync(
        NpgsqlConnection connection,
        IReadOnlyList<(Guid RotationId, PartitionResult Result)> refused,
        CancellationToken cancellationToken
    ) =>
        refused.Count == 0
            ? Task.CompletedTask
            : connection.ExecuteAsync(
                Record,
                new
                {
                    rotations = refused.Select(one => one.RotationId).ToArray(),
                    workers = refused.Select(one => LedgerText.Name(one.Result.Worker)).ToArray(),
                    reasons = refused.Select(one => LedgerText.Reason(one.Result.Reason ?? "")).ToArray(),
                },
                cancellationToken
            );
}

/// <summary>A worker, why it refused, how often, and when last by the database's clock.</summary>
public sealed record Refusal
{
    /// <summary>The worker.</summary>
    public string Worker { get; init; } = "";

    /// <summary>Why it refused: what differs.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Partitions that it refused for that reason.</summary>
    public long Times { get; init; }

    /// <summary>The last time.</summary>
    public DateTime LastAt { get; init; }
}
