using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// Starts that an operator cancelled before they began. Their message may be on its way already. So the transaction that
/// begins a rotation and the one that withdraws its start take turns: whichever comes second sees what the first has done.
/// </summary>
public static class WithdrawnStarts
{
    /// <summary>Reason of a start that was withdrawn; who withdrew it follows.</summary>
    public const string Fault = "it was cancelled before it began, by";

    private const string Wait =
        "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(@name, 0))";

    // Statements of their own, so that they see what the transaction before committed.
    private const string Withdraw = """
        UPDATE rotationmesh.requests
        SET sent_at = NULL, refused_at = pg_catalog.now(), refused_for = pg_catalog.left(@reason, 500)
        WHERE rotation_id = @rotationId AND kind = 'StartRotation' AND refused_at IS NULL
          AND NOT EXISTS (SELECT FROM rotationmesh.rotations WHERE correlation_id = @rotationId)
        """;

    private const string IsGone = """
        SELECT EXISTS (SELECT FROM rotationmesh.requests WHERE rotation_id = @rotationId AND kind = 'StartRotation'
            AND pg_catalog.starts_with(refused_for, @Fault))
        """;

    /// <summary>Whether a start was refused because it was withdrawn.</summary>
    public static bool Is(string? refusedFor) =>
        refusedFor?.StartsWith(Fault, StringComparison.Ordinal) == true;

    /// <summary>
    /// Withdraws a start, which then never begins. False where it has begun, or was refused. Waits for a coordinator that
    /// is sending it.
    /// </summary>
    public static async Task<bool> TryWithdrawAsync(
        ControlDatabase control,
        Guid rotationId,
        string requestedBy,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Wait, new { name = Name(rotationId) }, cancellationToken);
        var withdrawn = await connection.ExecuteAsync(
            Withdraw,
            new { rotationId, reason = $"{Fault} {requestedBy}" },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return withdrawn > 0;
    }

    /// <summary>Whether a start was withdrawn. Until the transaction ends, it can't be.</summary>
    public static async Task<bool> IsWithdrawnAsync(
        NpgsqlTransaction transaction,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(Wait, new { name = Name(rotationId) }, cancellationToken);
        return await connection.ScalarAsync<bool>(IsGone, new { rotationId, Fault }, cancellationToken);
    }

    private static string Name(Guid rotationId) => $"rotationmesh/start/{rotationId}";
}
