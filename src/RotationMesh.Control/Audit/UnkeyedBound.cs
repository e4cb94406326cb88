using Npgsql;
using RotationMesh.Control.Queries;

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
        connection.ScalarAsync<long?>(Find, null, cancellationToken);

    /// <inheritdoc cref="FindAsync(NpgsqlConnection, CancellationToken)"/>
    public static Task<long?> FindAsync(ControlDatabase control, CancellationToken cancellationToken) =>
        control.ScalarAsync<long?>(Find, null, cancellationToken);
}
