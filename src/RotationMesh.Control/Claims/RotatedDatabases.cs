using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Claims;

/// <summary>
/// Every database that a rotation was ever made for. A rotation gives up its claims when it ends; these records stay, so that
/// the retirement of a key looks at the same databases.
/// </summary>
public sealed class RotatedDatabases(ControlDatabase control)
{
    // Keeps the latest rotation, the one that an operator finds in the list.
    internal const string Record = """
        INSERT INTO rotationmesh.rotated_databases (database_name, identity, rotation_id)
        SELECT DISTINCT database_name, identity, rotation_id
        FROM rotationmesh.claims WHERE rotation_id = @rotationId AND identity IS NOT NULL
        ON CONFLICT (database_name, identity)
        DO UPDATE SET rotation_id = excluded.rotation_id, claimed_at = excluded.claimed_at
        """;

    private const string List = """
        SELECT rotation_id, database_name AS database, identity FROM rotationmesh.rotated_databases
        ORDER BY database_name, claimed_at
        """;

    private const string Forget = """
        DELETE FROM rotationmesh.rotated_databases WHERE database_name = @Database AND identity = @Identity
        """;

    /// <summary>Lists all of them, each with the last rotation that was made for it.</summary>
    public async Task<IReadOnlyList<ClaimedDatabase>> ListAsync(CancellationToken cancellationToken)
    {
        if (!await control.HasAsync("rotated_databases", cancellationToken))
            return [];
        return await control.QueryAsync<ClaimedDatabase>(List, null, cancellationToken);
    }

    /// <summary>Forgets databases that no longer exist, in the transaction that records this in the audit log.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<ClaimedDatabase> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Forget, gone, cancellationToken);
}
