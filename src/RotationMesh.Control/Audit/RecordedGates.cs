using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Audit;

/// <summary>The last outcome of each gate of a rotation, as the audit log has it.</summary>
public static class RecordedGates
{
    private const string Wait = "SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))";

    // A statement of its own, so that it sees what the process before committed.
    private const string FindLast = """
        SELECT DISTINCT ON (details ->> 'gate') details::text, actor FROM rotationmesh.audit_events
        WHERE rotation_id = @rotationId AND kind = 'GateChecked'
        ORDER BY details ->> 'gate', sequence DESC
        """;

    /// <summary>
    /// Reads the details of the last event of each gate, as JSON, and whose it is. Until the transaction ends, others who ask
    /// for the same rotation wait: what the caller appends comes right after what it read.
    /// </summary>
    public static async Task<IReadOnlyList<(string Details, string Actor)>> ReadAsync(
        NpgsqlTransaction transaction,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(
            Wait,
            new { name = $"rotationmesh/gates/{rotationId}" },
            cancellationToken
        );
        return await connection.QueryAsync<(string, string)>(FindLast, new { rotationId }, cancellationToken);
    }
}
