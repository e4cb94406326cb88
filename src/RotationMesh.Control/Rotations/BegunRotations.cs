using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// A rotation begins once. The transaction that writes its first row also records its start in the audit log. Deleting
/// the row, by hand or by force, does not allow a second beginning.
/// </summary>
public static class BegunRotations
{
    /// <summary>Reason to refuse a start that already took effect.</summary>
    public const string Fault =
        "the rotation was begun before, and its record is gone; a rotation begins once: ask for a new one";

    // One statement: row and event are committed together, so a statement that sees the event sees the row too.
    private const string IsGone = """
        SELECT EXISTS (SELECT FROM rotationmesh.audit_events WHERE rotation_id = @rotationId AND kind = 'RotationStarted')
           AND NOT EXISTS (SELECT FROM rotationmesh.rotations WHERE correlation_id = @rotationId)
        """;

    /// <summary>Whether a rotation has begun and has no record any more.</summary>
    public static async Task<bool> IsGoneAsync(
        ControlDatabase control,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        return await control.ScalarAsync<bool>(IsGone, new { rotationId }, cancellationToken);
    }

    /// <summary>Whether a rotation has begun and has no record any more, as the transaction sees it.</summary>
    public static Task<bool> IsGoneAsync(
        NpgsqlTransaction transaction,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Connection!.ScalarAsync<bool>(IsGone, new { rotationId }, cancellationToken);
    }
}
