using Npgsql;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Postgres.Control;

/// <summary>What exists no more: databases that rotations were for, and failures in tables.</summary>
public sealed record Forgotten(
    IReadOnlyList<ClaimedDatabase> Databases,
    IReadOnlyList<StandingFailures> Failures
)
{
    // In the transaction that says so in the audit log.
    internal async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RotatedDatabases.ForgetAsync(connection, Databases, cancellationToken);
        await StandingFailures.ForgetAsync(connection, Failures, cancellationToken);
    }
}
