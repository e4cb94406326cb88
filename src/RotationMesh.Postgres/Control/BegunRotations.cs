using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// A rotation begins once. Its start is in the audit log, from the transaction that wrote its first row: who deletes that
/// row, by hand or by force, does not make the start good for another beginning.
/// </summary>
public static class BegunRotations
{
    /// <summary>Said of a start that has had its effect.</summary>
    public const string Fault =
        "the rotation was begun before, and its record is gone; a rotation begins once: ask for a new one";

    // One statement: row and event are committed together, so whoever sees the event sees the row as well.
    private const string IsGone = """
        SELECT EXISTS (SELECT FROM rotationmesh.audit_events WHERE rotation_id = @rotationId AND kind = 'RotationStarted')
           AND NOT EXISTS (SELECT FROM rotationmesh.rotations WHERE correlation_id = @rotationId)
        """;

    /// <summary>Whether a rotation has begun and has no record any more.</summary>
    public static async Task<bool> IsGoneAsync(
        NpgsqlDataSource source,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(IsGone, new { rotationId }, cancellationToken: cancellationToken)
        );
    }

    /// <summary>The same within a transaction.</summary>
    public static Task<bool> IsGoneAsync(
        NpgsqlTransaction transaction,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Connection!.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                IsGone,
                new { rotationId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }
}
