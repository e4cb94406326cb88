using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control.Ledger;

/// <summary>
/// Keeps rotations apart: no two that run cover the same tenant of the same table. Databases and tables are compared by
/// the names that the map gives them.
/// </summary>
public sealed class RotationLocks(NpgsqlDataSource source)
{
    /// <summary>Claims are made one after the other; any number that nobody else uses.</summary>
    private const long ClaimLock = 0x526F746D65736801;

    // A statement of its own: the question after it must see what the claim before committed.
    private const string Wait = "SELECT pg_advisory_xact_lock(@key)";

    // A rotation that is over holds nothing, even where it could not say so any more. One that was cancelled is over when
    // nobody writes for it any more.
    private const string FindOverlap = """
        SELECT c.rotation_id
        FROM rotationmesh.claims c
        JOIN rotationmesh.rotations r ON r.correlation_id = c.rotation_id
         AND (r.ended_at IS NULL OR (r.state = 'Cancelled' AND NOT r.concluded AND r.requested_by IS NOT NULL))
        JOIN unnest(@databases, @tables) AS mine (database_name, table_name)
          ON mine.database_name = c.database_name AND mine.table_name = c.table_name
        WHERE c.rotation_id <> @rotationId
          AND (c.tenants IS NULL OR @tenants::text[] IS NULL OR c.tenants && @tenants::text[])
        ORDER BY c.claimed_at, c.rotation_id LIMIT 1
        """;

    private const string Claim = """
        INSERT INTO rotationmesh.claims (rotation_id, database_name, table_name, tenants)
        SELECT DISTINCT @rotationId, mine.database_name, mine.table_name, @tenants::text[]
        FROM unnest(@databases, @tables) AS mine (database_name, table_name)
        """;

    // What has ended holds nothing, and would be read past by every later claim of the table.
    private const string Forget = """
        DELETE FROM rotationmesh.claims c
        USING rotationmesh.rotations r, unnest(@databases, @tables) AS mine (database_name, table_name)
        WHERE r.correlation_id = c.rotation_id AND r.ended_at IS NOT NULL
          AND (r.state <> 'Cancelled' OR r.concluded OR r.requested_by IS NULL)
          AND c.database_name = mine.database_name AND c.table_name = mine.table_name
        """;

    private const string Release = "DELETE FROM rotationmesh.claims WHERE rotation_id = @rotationId";

    /// <summary>
    /// Claims tables for a rotation, for <paramref name="tenants"/> or, where that is null, for all of them; returns
    /// null. Where another rotation has one of them, nothing is claimed and its id is returned. A rotation that claims
    /// again replaces its claim.
    /// </summary>
    public async Task<Guid?> TryClaimAsync(
        Guid rotationId,
        IReadOnlyCollection<PlannedTable> tables,
        IReadOnlyCollection<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(tables);
        var values = new
        {
            rotationId,
            databases = tables.Select(table => table.Database).ToArray(),
            tables = tables.Select(table => table.Table).ToArray(),
            tenants = tenants?.ToArray(),
        };
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(Wait, new { key = ClaimLock }, cancellationToken));
        var other = await connection.QueryFirstOrDefaultAsync<Guid?>(
            Command(FindOverlap, values, cancellationToken)
        );
        if (other is not null)
            return other;
        await connection.ExecuteAsync(Command(Forget, values, cancellationToken));
        await connection.ExecuteAsync(Command(Release, new { rotationId }, cancellationToken));
        await connection.ExecuteAsync(Command(Claim, values, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Gives up what a rotation claimed; nothing happens where it holds no claim.</summary>
    public async Task ReleaseAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(Release, new { rotationId }, cancellationToken));
    }

    private static CommandDefinition Command(
        string sql,
        object values,
        CancellationToken cancellationToken
    ) => new(sql, values, cancellationToken: cancellationToken);
}
