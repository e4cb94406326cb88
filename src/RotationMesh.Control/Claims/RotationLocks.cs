using System.Text.Json;
using Npgsql;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Claims;

/// <summary>
/// Keeps rotations apart: no two that run cover the same tenant of the same table. Databases and tables are compared by
/// the names in the map and by identity, because another map may have other names for the same rows.
/// </summary>
public sealed class RotationLocks(ControlDatabase control)
{
    /// <summary>Advisory lock by which claims are made one after the other; any number that nobody else uses.</summary>
    private const long ClaimLock = 0x526F746D65736801;

    // A statement of its own, so that the query after it sees what the claim before committed.
    private const string Wait = "SELECT pg_advisory_xact_lock(@key)";

    internal const string Mine = """
        jsonb_to_recordset(@tables::jsonb) AS mine
            ("DatabaseName" text, "TableName" text, "Identity" text, "Relation" bigint, "Relations" bigint[], "Around" bigint[],
             "Tenancy" text, "Parts" jsonb, "Columns" jsonb)
        """;

    // A rotation that is over holds nothing, even where it could not give up its claims. A cancelled one is over once nobody
    // writes for it any more. Where the server of a database could not be told, its identity is the database's oid alone.
    private const string FindOverlap = $"""
        WITH mine AS (SELECT * FROM {Mine}),
        pairs AS (
            SELECT c.*, mine."Tenancy" AS own_tenancy
            FROM rotationmesh.claims c
            JOIN mine ON mine."DatabaseName" = c.database_name AND mine."TableName" = c.table_name
            WHERE c.rotation_id <> @rotationId
            UNION ALL
            SELECT c.*, mine."Tenancy"
            FROM rotationmesh.claims c
            JOIN mine ON split_part(mine."Identity", '/', 2) = split_part(c.identity, '/', 2)
             AND (mine."Identity" = c.identity OR starts_with(mine."Identity", '/') OR starts_with(c.identity, '/'))
             AND mine."Around" && c.relations
            WHERE c.rotation_id <> @rotationId
        )
        SELECT p.rotation_id
        FROM pairs p
        JOIN rotationmesh.rotations r ON r.correlation_id = p.rotation_id
         AND (r.ended_at IS NULL OR (r.state = 'Cancelled' AND NOT r.concluded AND r.requested_by IS NOT NULL))
        WHERE (p.tenants IS NULL OR @tenants::text[] IS NULL OR p.tenants && @tenants::text[] OR p.tenancy <> p.own_tenancy)
        ORDER BY p.claimed_at, p.rotation_id LIMIT 1
        """;

    // Keeps what is known of a database that does not answer now, the identity that the rotation began with, and what was detached.
    private static readonly string Claim = $$"""
        INSERT INTO rotationmesh.claims AS c
            (rotation_id, database_name, table_name, tenants, identity, relations, tenancy, parts, columns)
        SELECT DISTINCT ON (mine."DatabaseName", mine."TableName") @rotationId, mine."DatabaseName", mine."TableName",
               @tenants::text[], mine."Identity", mine."Relations", mine."Tenancy", {{ClaimedParts.WithRecorded}},
               {{ClaimedColumns.WithRecorded}}
        FROM {{Mine}} {{ClaimedParts.Recorded}}
        ON CONFLICT (rotation_id, database_name, table_name) DO UPDATE
        SET tenants = excluded.tenants, identity = coalesce(c.identity, excluded.identity), tenancy = excluded.tenancy,
            relations = {{ClaimedParts.AllRelations}}, parts = {{ClaimedParts.AllParts}},
            columns = {{ClaimedColumns.All}}
        """;

    // A database that was silent whenever its tables were claimed is known by what it says at last.
    private static readonly string Complete = $"""
        UPDATE rotationmesh.claims c
        SET identity = coalesce(c.identity, excluded.identity), relations = coalesce(c.relations, excluded.relations),
            parts = {ClaimedParts.AllParts}, columns = {ClaimedColumns.All}
        FROM (SELECT mine."DatabaseName" AS database, mine."TableName" AS name, mine."Identity" AS identity,
                     mine."Relations" AS relations, {ClaimedParts.WithRecorded} AS parts,
                     {ClaimedColumns.WithRecorded} AS columns
              FROM {Mine} {ClaimedParts.Recorded} WHERE mine."Identity" IS NOT NULL) AS excluded
        WHERE c.rotation_id = @rotationId AND (c.database_name, c.table_name) = (excluded.database, excluded.name)
          AND {ClaimedParts.MayBeSame}
        """;

    // A rotation that has ended holds nothing, and every later claim would have to read past its rows.
    private const string Forget = """
        DELETE FROM rotationmesh.claims c
        USING rotationmesh.rotations r
        WHERE r.correlation_id = c.rotation_id AND r.ended_at IS NOT NULL
          AND (r.state <> 'Cancelled' OR r.concluded OR r.requested_by IS NULL)
        """;

    // Of tables that were counted before it was known which database answers.
    private const string Identify = """
        UPDATE rotationmesh.rotation_tables t SET identity = c.identity
        FROM rotationmesh.claims c
        WHERE c.rotation_id = @rotationId AND c.identity IS NOT NULL AND t.identity IS NULL
          AND (t.rotation_id, t.database_name, t.table_name) = (c.rotation_id, c.database_name, c.table_name)
        """;

    // One for each name: what was recorded first, where an earlier release let a retry go to another one.
    private const string ListBegun = """
        SELECT DISTINCT ON (database) @rotationId::uuid AS rotation_id, database, identity
        FROM (
            SELECT 1, database_name, identity FROM rotationmesh.rotation_tables WHERE rotation_id = @rotationId
            UNION ALL
            SELECT 2, database_name, identity FROM rotationmesh.claims WHERE rotation_id = @rotationId
            UNION ALL
            SELECT 3, database_name, identity FROM rotationmesh.rotation_parts WHERE rotation_id = @rotationId)
            AS known (rank, database, identity)
        WHERE identity IS NOT NULL ORDER BY database, rank, identity DESC
        """;

    private const string ListDatabases = """
        SELECT DISTINCT rotation_id, database_name AS database, identity
        FROM rotationmesh.claims WHERE rotation_id = ANY (@rotations) AND identity IS NOT NULL
        """;

    private const string Release = "DELETE FROM rotationmesh.claims WHERE rotation_id = @rotationId";

    /// <summary>
    /// Claims tables for a rotation, for <paramref name="tenants"/> or, where that is null, for all of them; returns null.
    /// Where another rotation has claimed one of them, claims nothing and returns that rotation's id. A rotation that claims
    /// again replaces its claim; one that is <paramref name="renewing"/> it keeps the identities that it began with. Throws
    /// <see cref="NpgsqlException"/> where the caller has lost its guard <paramref name="held"/>.
    /// </summary>
    public async Task<Guid?> TryClaimAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyCollection<ClaimedTable> tables,
        IReadOnlyCollection<string>? tenants,
        CancellationToken cancellationToken,
        bool renewing = false
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        var values = new
        {
            rotationId,
            tables = JsonSerializer.Serialize(tables),
            tenants = tenants?.ToArray(),
        };
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(Wait, new { key = ClaimLock }, cancellationToken);
        await held.EnsureHeldAsync(connection, cancellationToken);
        var other = await connection.FindAsync<Guid?>(FindOverlap, values, cancellationToken);
        if (other is not null)
            return other;
        await connection.ExecuteAsync(Forget, values, cancellationToken);
        if (!renewing)
            await connection.ExecuteAsync(Release, new { rotationId }, cancellationToken);
        await connection.ExecuteAsync(Claim, values, cancellationToken);
        // Not at the first claim: a rotation that is refused by its check was for no table.
        if (renewing)
            await RecordAsync(connection, values, cancellationToken);
        else
            await connection.ExecuteAsync(RotatedDatabases.Record, values, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>
    /// Records, for the retirement of keys, the databases, tables and columns that a rotation is for, and claims nothing more.
    /// Throws <see cref="NpgsqlException"/> where the caller has lost its guard <paramref name="held"/>.
    /// </summary>
    public async Task RecordAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyCollection<ClaimedTable> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        var values = new { rotationId, tables = JsonSerializer.Serialize(tables) };
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two that record the same rows in another order would wait for each other.
        await connection.ExecuteAsync(Wait, new { key = ClaimLock }, cancellationToken);
        await held.EnsureHeldAsync(connection, cancellationToken);
        await connection.ExecuteAsync(Complete, values, cancellationToken);
        await RecordAsync(connection, values, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Lists the databases that rotations claimed, where their identity is known.</summary>
    public Task<IReadOnlyList<ClaimedDatabase>> ListDatabasesAsync(
        IReadOnlyCollection<Guid> rotations,
        CancellationToken cancellationToken
    ) =>
        control.QueryAsync<ClaimedDatabase>(
            ListDatabases,
            new { rotations = rotations.ToArray() },
            cancellationToken
        );

    /// <summary>
    /// Lists the databases that a rotation began with, where their identity is known: also before a retry, and so after it gave up
    /// its claims.
    /// </summary>
    public Task<IReadOnlyList<ClaimedDatabase>> ListBegunAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => control.QueryAsync<ClaimedDatabase>(ListBegun, new { rotationId }, cancellationToken);

    private static async Task RecordAsync(
        NpgsqlConnection connection,
        object values,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync(Identify, values, cancellationToken);
        await connection.ExecuteAsync(RotatedDatabases.Record, values, cancellationToken);
        await connection.ExecuteAsync(RotatedTables.Record, values, cancellationToken);
        await connection.ExecuteAsync(RotatedTables.RecordParts, values, cancellationToken);
        await connection.ExecuteAsync(ClaimedParts.Record, values, cancellationToken);
        await connection.ExecuteAsync(RotatedColumns.Record, values, cancellationToken);
        await connection.ExecuteAsync(ClaimedColumns.RecordFormer, values, cancellationToken);
    }
}
