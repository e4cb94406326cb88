using Dapper;
using Npgsql;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Up to which position events may bear no code of a key: as the upgrade found the log that made it keyed. In a schema that
/// was made keyed there are none.
/// </summary>
internal static class UnkeyedBound
{
    // Without its column mac the schema is of a release that keyed nothing. A bound that somebody took away allows nothing.
    private const string Find = """
        SELECT coalesce(
            (SELECT pg_catalog.substring(pg_catalog.pg_get_constraintdef(oid), 'sequence <= \(?''?([0-9]+)')::pg_catalog.int8
             FROM pg_catalog.pg_constraint
             WHERE conrelid = pg_catalog.to_regclass('rotationmesh.audit_events') AND conname = 'keyed_since_upgrade'),
            0)
        FROM pg_catalog.pg_attribute
        WHERE attrelid = pg_catalog.to_regclass('rotationmesh.audit_events') AND attname = 'mac' AND NOT attisdropped
        """;

    /// <summary>The position; null where the schema is of a release that keyed nothing.</summary>
    public static Task<long?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long?>(
            new CommandDefinition(Find, cancellationToken: cancellationToken)
        );
}
