using Npgsql;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Failures;

namespace RotationMesh.Control.Retirement;

/// <summary>What no longer exists: databases that rotations covered, and failures in tables that are gone.</summary>
public sealed record Forgotten(
    IReadOnlyList<ClaimedDatabase> Databases,
    IReadOnlyList<StandingFailures> Failures
)
{
    // Runs in the transaction that records this in the audit log.
    internal async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RotatedDatabases.ForgetAsync(connection, Databases, cancellationToken);
        await StandingFailures.ForgetAsync(connection, Failures, cancellationToken);
    }
}
