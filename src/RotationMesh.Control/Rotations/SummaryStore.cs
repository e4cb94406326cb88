using RotationMesh.Control.Guards;

namespace RotationMesh.Control.Rotations;

/// <summary>Closing totals of rotations in the control database, as JSON.</summary>
public sealed class SummaryStore(ControlDatabase control)
{
    // Not of a rotation that has moved on, be it to the same state again: the totals of its end stay.
    private const string Write = """
        UPDATE rotationmesh.rotations SET summary = @summary::jsonb, summary_seal = @seal
        WHERE correlation_id = @RotationId AND sweep = @Sweep AND state = @State
          AND audit_sequence IS NOT DISTINCT FROM @AuditSequence AND NOT concluded
        """;

    private const string Withdraw = """
        UPDATE rotationmesh.rotations SET summary = NULL, summary_seal = NULL
        WHERE correlation_id = @rotationId AND NOT concluded AND summary IS NOT NULL
        """;

    private const string FindEnded = """
        SELECT summary::text AS summary, summary_seal AS seal FROM rotationmesh.rotations
        WHERE correlation_id = @rotationId AND ended_at IS NOT NULL
        """;

    private const string ListEnded = """
        SELECT correlation_id AS rotation_id, summary::text AS summary, summary_seal AS seal FROM rotationmesh.rotations
        WHERE correlation_id = ANY (@rotationIds) AND ended_at IS NOT NULL
        """;

    private const string FindWritten = """
        SELECT summary::text AS summary, summary_seal AS seal FROM rotationmesh.rotations
        WHERE correlation_id = @rotationId
        """;

    /// <summary>
    /// Keeps the totals of a rotation as it was when its rows were counted, over the session that holds the guard. False where
    /// the rotation has moved on.
    /// </summary>
    public static async Task<bool> WriteAsync(
        HeldWork held,
        RunningRotation counted,
        string summary,
        string seal,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(counted);
        var written = await held.ExecuteAsync(
            Write,
            new
            {
                counted.RotationId,
                counted.Sweep,
                counted.State,
                counted.AuditSequence,
                summary,
                seal,
            },
            cancellationToken
        );
        return written == 1;
    }

    /// <summary>
    /// Takes totals back that a later count refutes, unless the rotation has ended by them: the message that they are written may
    /// still be under way.
    /// </summary>
    public static Task<int> WithdrawAsync(HeldWork held, Guid rotationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        return held.ExecuteAsync(Withdraw, new { rotationId }, cancellationToken);
    }

    /// <summary>The totals of a rotation with their seal; null before its end.</summary>
    public Task<(string? Summary, string? Seal)> FindAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => FindAsync(FindEnded, rotationId, cancellationToken);

    /// <summary>The totals of rotations that have ended, with their seals, by rotation. Where there is no schema, ask for none.</summary>
    public async Task<IReadOnlyDictionary<Guid, (string? Summary, string? Seal)>> ListAsync(
        Guid[] rotationIds,
        CancellationToken cancellationToken
    ) =>
        rotationIds.Length == 0
            ? new Dictionary<Guid, (string? Summary, string? Seal)>()
            : (
                await control.QueryAsync<(Guid RotationId, string? Summary, string? Seal)>(
                    ListEnded,
                    new { rotationIds },
                    cancellationToken
                )
            ).ToDictionary(end => end.RotationId, end => (end.Summary, end.Seal));

    /// <summary>
    /// The totals that were written last, also before the end and of an earlier end, with their seal; null where none were.
    /// </summary>
    public Task<(string? Summary, string? Seal)> FindWrittenAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => FindAsync(FindWritten, rotationId, cancellationToken);

    private Task<(string? Summary, string? Seal)> FindAsync(
        string sql,
        Guid rotationId,
        CancellationToken cancellationToken
    ) => control.FindAsync<(string?, string?)>(sql, new { rotationId }, cancellationToken);
}
