using System.Text.Json;
using System.Text.Json.Nodes;
using RotationMesh.Control.Guards;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Control.Failures;

/// <summary>
/// Rows that rotations left as they are, in the control database: those of rotations that run, of the last twenty that
/// ended, and those that were not made good since (migration 0031).
/// </summary>
public sealed class RowFailureStore(ControlDatabase control)
{
    private const string Upsert = """
        INSERT INTO rotationmesh.row_failures
            (rotation_id, scope, database_name, table_name, row_key, key_digest, tenant, version, error, value_size, cause)
        SELECT @rotationId, scope, database_name, table_name, row_key::jsonb,
               sha256(convert_to(row_key::jsonb::text, 'UTF8')), tenant, version, error, value_size, cause
        FROM unnest(@scopes, @databases, @tables, @keys, @tenants, @versions, @errors, @sizes, @causes)
             AS f (scope, database_name, table_name, row_key, tenant, version, error, value_size, cause)
        ON CONFLICT (rotation_id, scope, database_name, table_name, key_digest)
        DO UPDATE SET tenant = excluded.tenant, version = excluded.version, error = excluded.error,
            value_size = excluded.value_size, cause = excluded.cause, recorded_at = now(), read_again = false
        """;

    private const string ReadVersionAgain = """
        UPDATE rotationmesh.row_failures SET read_again = true
        WHERE rotation_id = @rotationId AND version = @version AND NOT read_again
        """;

    private const string ClearOthers = """
        DELETE FROM rotationmesh.row_failures f
        USING unnest(@scopes, @databases, @tables) AS done (scope, database_name, table_name)
        WHERE f.rotation_id = @rotationId AND f.version IS DISTINCT FROM @version
          AND (f.scope, f.database_name, f.table_name) = (done.scope, done.database_name, done.table_name)
        """;

    private const string Keep = """
        UPDATE rotationmesh.row_failures f SET read_again = false
        FROM unnest(@scopes, @databases, @tables) AS lost (scope, database_name, table_name)
        WHERE f.rotation_id = @rotationId AND f.read_again
          AND (f.scope, f.database_name, f.table_name) = (lost.scope, lost.database_name, lost.table_name)
        """;

    private const string Explained = """
        SELECT scope, database_name, table_name,
               count(*) FILTER (WHERE version IS DISTINCT FROM @version) AS pending,
               count(*) FILTER (WHERE version = @version) AS unreadable
        FROM rotationmesh.row_failures WHERE rotation_id = @rotationId AND NOT read_again GROUP BY 1, 2, 3
        """;

    private const string List = """
        SELECT scope, database_name, table_name, row_key::text AS row_key, tenant, version, error, value_size, cause
        FROM rotationmesh.row_failures WHERE rotation_id = @rotationId AND NOT read_again
        ORDER BY scope, database_name, table_name, row_key LIMIT @limit
        """;

    private const string Count = """
        SELECT scope, database_name, table_name, error, cause, count(*) AS rows
        FROM rotationmesh.row_failures WHERE rotation_id = @rotationId AND NOT read_again
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 6 DESC, 5
        """;

    private const string CountTenants = """
        SELECT scope, database_name, table_name, tenant, count(*) AS rows
        FROM rotationmesh.row_failures WHERE rotation_id = @rotationId AND NOT read_again
        GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT @limit
        """;

    /// <summary>Records failures, and updates those of rows that are recorded already.</summary>
    public async Task RecordAsync(
        Guid rotationId,
        IReadOnlyList<RowFailure> failures,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(failures);
        if (failures.Count == 0)
            return;
        var distinct = failures
            .DistinctBy(failure => (failure.Scope, failure.Database, failure.Table, Json(failure.Key)))
            .ToList();
        await control.ExecuteAsync(
            Upsert,
            new
            {
                rotationId,
                scopes = distinct.Select(failure => failure.Scope).ToArray(),
                databases = distinct.Select(failure => failure.Database).ToArray(),
                tables = distinct.Select(failure => failure.Table).ToArray(),
                keys = distinct.Select(failure => Json(failure.Key)).ToArray(),
                tenants = distinct.Select(failure => failure.Tenant).ToArray(),
                versions = distinct.Select(failure => failure.Version).ToArray(),
                errors = distinct.Select(failure => failure.Error.ToString()).ToArray(),
                sizes = distinct.Select(failure => failure.Size).ToArray(),
                causes = distinct.Select(failure => failure.Cause).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Marks the failures of rows that claim the target version, before a verification finds them anew: they are not listed, and
    /// are forgotten only at the end of a rotation that has read them (migration 0038). The statement runs in the session that holds
    /// the guard, so that nobody else marks again what the verification found.
    /// </summary>
    public static async Task ReadUnreadableAgainAsync(
        HeldWork held,
        Guid rotationId,
        long targetVersion,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        await held.ExecuteAsync(
            ReadVersionAgain,
            new { rotationId, version = targetVersion },
            cancellationToken
        );
    }

    /// <summary>
    /// Forgets the failures of rows that are not at the target version, in tables that have no such rows any more: the rows
    /// were deleted, or the application wrote them anew.
    /// </summary>
    public static async Task ClearGoneAsync(
        HeldWork held,
        Guid rotationId,
        long targetVersion,
        IReadOnlyList<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        if (tables.Count == 0)
            return;
        await held.ExecuteAsync(
            ClearOthers,
            new
            {
                rotationId,
                version = targetVersion,
                scopes = tables.Select(table => table.Scope).ToArray(),
                databases = tables.Select(table => table.Database).ToArray(),
                tables = tables.Select(table => table.Table).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Keeps the failures in tables of which a sweep could not read all rows again, whatever else it has read: the rest of
    /// <see cref="ReadUnreadableAgainAsync"/> and <see cref="RetriedFailures.ReadAgainAsync"/> is undone.
    /// </summary>
    public static async Task KeepAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyList<TableName> tables,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(tables);
        if (tables.Count > 0)
            await held.ExecuteAsync(
                Keep,
                new
                {
                    rotationId,
                    scopes = tables.Select(table => table.Scope).ToArray(),
                    databases = tables.Select(table => table.Database).ToArray(),
                    tables = tables.Select(table => table.Table).ToArray(),
                },
                cancellationToken
            );
    }

    /// <summary>
    /// Counts failures by table: rows that are not at the target version, and rows at it that do not decrypt.
    /// </summary>
    public Task<IReadOnlyList<TableFailures>> ByTableAsync(
        Guid rotationId,
        long targetVersion,
        CancellationToken cancellationToken
    ) =>
        control.QueryAsync<TableFailures>(
            Explained,
            new { rotationId, version = targetVersion },
            cancellationToken
        );

    /// <summary>Lists at most <paramref name="limit"/> failures of a rotation.</summary>
    public Task<IReadOnlyList<RowFailureRecord>> ListAsync(
        Guid rotationId,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<RowFailureRecord>(List, new { rotationId, limit }, cancellationToken);

    /// <summary>Counts the failures of a rotation by table, error class and cause.</summary>
    public Task<IReadOnlyList<FailureCount>> CountAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => control.QueryAsync<FailureCount>(Count, new { rotationId }, cancellationToken);

    /// <summary>Counts the failures of a rotation by table and tenant, the highest counts first.</summary>
    public Task<IReadOnlyList<TenantFailures>> ByTenantAsync(
        Guid rotationId,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<TenantFailures>(CountTenants, new { rotationId, limit }, cancellationToken);

    /// <summary>Formats a primary key as a JSON object; whole numbers are numbers where every reader keeps them exact.</summary>
    public static string Json(IReadOnlyList<KeyPart> key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var json = new JsonObject();
        foreach (var part in key)
            json[part.Column] = part.IsNumber
                ? JsonValue.Create(long.Parse(part.Value, System.Globalization.CultureInfo.InvariantCulture))
                : JsonValue.Create(part.Value);
        return json.ToJsonString(JsonSerializerOptions.Default);
    }
}
