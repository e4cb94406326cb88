namespace RotationMesh.Control.Rotations;

/// <summary>A later rotation whose rows a retry of an earlier one would take to another version again.</summary>
public sealed record LaterUndo
{
    // Where nothing was planned, no row was written. One that was undone itself since undoes nothing.
    private const string Find = """
        SELECT later.correlation_id AS rotation_id, later.target_version
        FROM rotationmesh.rotations own
        JOIN rotationmesh.rotations later
          ON later.started_at > own.started_at
         AND CASE WHEN later.target_version < own.target_version THEN later.allow_downgrade
                  ELSE own.allow_downgrade AND later.target_version > own.target_version END
         AND later.scopes && own.scopes
         AND (later.tenants IS NULL OR own.tenants IS NULL OR later.tenants && own.tenants)
        WHERE own.correlation_id = @rotationId
          AND EXISTS (
              SELECT FROM rotationmesh.sweep_tables s
              WHERE s.rotation_id = later.correlation_id AND s.phase = 'rotate' AND s.partitions > 0
                AND s.scope = ANY (own.scopes))
          AND NOT EXISTS (
              SELECT FROM rotationmesh.rotations again
              WHERE again.started_at > later.started_at AND again.target_version = own.target_version
                AND again.state = 'Completed' AND again.scopes @> own.scopes
                AND (again.tenants IS NULL OR again.tenants @> own.tenants))
        ORDER BY later.started_at DESC LIMIT 1
        """;

    /// <summary>The later rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Its target version.</summary>
    public int TargetVersion { get; init; }

    /// <summary>
    /// Returns the last one after <paramref name="rotationId"/> that undid a part of it, or, where it was an undo itself, went forward
    /// again; null where there is none. By the names of scopes and tenants, so one of another map may count.
    /// </summary>
    public static Task<LaterUndo?> FindAsync(
        ControlDatabase control,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        return control.FindAsync<LaterUndo>(Find, new { rotationId }, cancellationToken);
    }
}
