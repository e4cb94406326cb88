using Dapper;
using Npgsql;

namespace RotationMesh.Control.Claims;

/// <summary>
/// Databases that rotations were ever made for. Claims are given up when a rotation ends; this stays, for whoever retires a
/// key to look at the same databases.
/// </summary>
public sealed class RotatedDatabases(ControlDatabase control)
{
    // The latest rotation is the one that an operator finds in the list.
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

    /// <summary>All of them, each with the last rotation that was made for it; none where no rotation was.</summary>
    public async Task<IReadOnlyList<ClaimedDatabase>> ListAsync(CancellationToken cancellationToken)
    {
        if (!await control.HasAsync("rotated_databases", cancellationToken))
            return [];
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        var found = await connection.QueryAsync<ClaimedDatabase>(
            new CommandDefinition(List, cancellationToken: cancellationToken)
        );
        return found.AsList();
    }

    /// <summary>Forgets databases that exist no more, in the transaction that says so in the audit log.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection,
        IEnumerable<ClaimedDatabase> gone,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(new CommandDefinition(Forget, gone, cancellationToken: cancellationToken));
}
