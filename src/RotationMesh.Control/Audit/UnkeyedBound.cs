using Dapper;
using Npgsql;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Position up to which events may bear no code of a key: the end of the log when an upgrade made it keyed. In a schema that
/// was created keyed, every event bears one.
/// </summary>
internal static class UnkeyedBound
{
    // A schema without the column mac is of a release that keyed nothing. If somebody removed the bound, it counts as 0.
    private const string Find = """
        SELECT coalesce(
            (SELECT pg_catalog.substring(pg_catalog.pg_get_constraintdef(oid), 'sequence <= \(?''?([0-9]+)')::pg_catalog.int8
             FROM pg_catalog.pg_constraint
             WHERE conrelid = pg_catalog.to_regclass('rotationmesh.audit_events') AND conname = 'keyed_since_upgrade'),
            0)
        FROM pg_catalog.pg_attribute
        WHERE attrelid = pg_catalog.to_regclass('rotationmesh.audit_events') AND attname = 'mac' AND NOT attisdropped
        """;

    /// <summary>Reads the position; null where the schema is of a release that keyed nothing.</summary>
    public static Task<long?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long?>(
            new CommandDefinition(Find, cancellationToken: cancellationToken)
        );
}
