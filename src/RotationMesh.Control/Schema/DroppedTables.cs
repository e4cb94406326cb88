using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Schema;

/// <summary>
/// Finds tables of the control schema that somebody dropped. No migration recreates them, and no message of a rotation
/// can be handled while one is missing.
/// </summary>
public sealed class DroppedTables(ControlQueries control)
{
    private static readonly string[] All = [.. ControlTable.All.Select(table => table.Name)];

    private const string Missing = """
        SELECT name FROM unnest(@All) WITH ORDINALITY AS wanted (name, place)
        WHERE to_regclass('rotationmesh.' || name) IS NULL ORDER BY place LIMIT 1
        """;

    /// <summary>Names the table that is missing from a schema that is up to date, and the fix; null where none is.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        var name = await control.ScalarAsync<string?>(Missing, new { All }, cancellationToken);
        return name is null ? null : Explain(name);
    }

    /// <summary>Names the audit log and the fix where a schema of any age lost it; null otherwise.</summary>
    public async Task<string?> FindAuditLogAsync(CancellationToken cancellationToken)
    {
        var state = await ControlSchemaState.ReadAsync(control, cancellationToken);
        var dropped =
            !state.Relations.ContainsKey("audit_events")
            && state.Relations.GetValueOrDefault("rotations")?.Has("audit_hash") == true; // added with the audit log
        return dropped ? Explain("audit_events") : null;
    }

    internal static string Explain(string name) =>
        $"table rotationmesh.{name} of the control database is missing: it was there, and somebody dropped it. Restore it "
        + "from a backup, or begin anew in another database, named with control: in the map";
}
