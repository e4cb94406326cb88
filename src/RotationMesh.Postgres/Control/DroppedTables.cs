using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// Finds tables of the control schema that somebody dropped. No migration brings them back, and without one of them no
/// message of a rotation can be handled any more.
/// </summary>
public sealed class DroppedTables(NpgsqlDataSource source)
{
    private static readonly string[] All =
    [
        "audit_events",
        "rotations",
        "rotation_tables",
        "sweeps",
        "sweep_tables",
        "partitions",
        "row_failures",
        "refusals",
        "claims",
        "requests",
        "workers",
        "paused_queues",
        "retired_keys",
    ];

    private const string Missing = """
        SELECT name FROM unnest(@All) WITH ORDINALITY AS wanted (name, place)
        WHERE to_regclass('rotationmesh.' || name) IS NULL ORDER BY place LIMIT 1
        """;

    // The column came with the table.
    private const string HadAuditLog = """
        SELECT to_regclass('rotationmesh.audit_events') IS NULL AND EXISTS (
            SELECT FROM pg_attribute
            WHERE attrelid = to_regclass('rotationmesh.rotations') AND attname = 'audit_hash' AND NOT attisdropped
        )
        """;

    /// <summary>Names the table that is missing from a schema that is up to date, and the fix; null where none is.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var name = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(Missing, new { All }, cancellationToken: cancellationToken)
        );
        return name is null ? null : Explain(name);
    }

    /// <summary>The same for the audit log alone, of a schema of any age.</summary>
    public async Task<string?> FindAuditLogAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var dropped = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(HadAuditLog, cancellationToken: cancellationToken)
        );
        return dropped ? Explain("audit_events") : null;
    }

    private static string Explain(string name) =>
        $"table rotationmesh.{name} of the control database is missing: it was there, and somebody dropped it. Restore it "
        + "from a backup, or begin anew in another database, named with control: in the map";
}
