using Npgsql;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Retirement;

/// <summary>What no longer exists: databases that rotations covered, and failures in tables that are gone.</summary>
public sealed record Forgotten(
    IReadOnlyList<ClaimedDatabase> Databases,
    IReadOnlyList<StandingFailures> Failures
)
{
    /// <summary>Whether nothing is to be forgotten.</summary>
    public bool IsEmpty => Databases.Count == 0 && Failures.Count == 0;

    /// <summary>
    /// Forgets it, or nothing, with the retirement of a version that is retired already: appends another audit event of it, in
    /// one transaction.
    /// </summary>
    public async Task ForgetAsync(
        ControlDatabase control,
        AuditLog audit,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(audit);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(RetiredKeyStore.Wait, null, cancellationToken);
        // The audit log last, as rotations that end have it: whoever appends has it for itself.
        await ForgetAsync(connection, cancellationToken);
        var appended = await audit.AppendAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested(); // a cancelled wait for standbys ends like a success
        audit.Committed(appended);
    }

    // Runs in the transaction that records this in the audit log.
    internal async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RotatedDatabases.ForgetAsync(connection, Databases, cancellationToken);
        await StandingFailures.ForgetAsync(connection, Failures, cancellationToken);
    }
}
