using RotationMesh.Postgres;

namespace RotationMesh.Control.Ledger;

/// <summary>Finds why partitions could not be done as a whole: the error of their last attempts.</summary>
public sealed class PartitionErrors(ControlDatabase control)
{
    private const string Find = """
        SELECT p.last_error
        FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
        WHERE t.rotation_id = @rotationId AND p.state = @state AND p.failures > 0 AND p.last_error IS NOT NULL
        GROUP BY 1 ORDER BY max(t.sweep) DESC, count(*) DESC, 1 LIMIT 1
        """;

    private const string Count = """
        SELECT count(*)
        FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
        WHERE t.rotation_id = @rotationId AND t.sweep = @sweep AND t.phase = 'rotate' AND p.state = 'failed'
          AND position(@words IN p.last_error) > 0
        """;

    /// <summary>
    /// Returns why partitions failed for good: of the causes in the latest sweep, the commonest in the rotation; null where
    /// there is none.
    /// </summary>
    public Task<string?> OfFailedAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(rotationId, "failed", cancellationToken);

    /// <summary>
    /// Returns why partitions wait for another try: of the causes in the latest sweep, the commonest in the rotation; null
    /// where there is none.
    /// </summary>
    public Task<string?> OfPendingAsync(Guid rotationId, CancellationToken cancellationToken) =>
        FindAsync(rotationId, "pending", cancellationToken);

    /// <summary>Returns how many partitions of a sweep that rewrites failed with an error that contains the words.</summary>
    public Task<long> CountAsync(
        Guid rotationId,
        int sweep,
        string words,
        CancellationToken cancellationToken
    ) =>
        control.ScalarAsync<long>(
            Count,
            new
            {
                rotationId,
                sweep,
                words,
            },
            cancellationToken
        );

    private async Task<string?> FindAsync(Guid rotationId, string state, CancellationToken cancellationToken)
    {
        var error = await control.ScalarAsync<string?>(Find, new { rotationId, state }, cancellationToken);
        return error is null ? null : DatabaseFaults.DescribeState(error);
    }
}
