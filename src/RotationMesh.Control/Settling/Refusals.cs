namespace RotationMesh.Control.Settling;

/// <summary>Workers that refused a rotation's partitions, for <c>status</c> to name.</summary>
public sealed class Refusals(ControlDatabase control)
{
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
