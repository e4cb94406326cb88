namespace RotationMesh.Control.Rotations;

/// <summary>A rotation that took rows of an earlier one back to an earlier version.</summary>
public sealed record LaterUndo
{
    // Where nothing was planned, no row was written.
    private const string Find = """
        SELECT later.correlation_id AS rotation_id, later.target_version
        FROM rotationmesh.rotations own
        JOIN rotationmesh.rotations later
          ON later.started_at > own.started_at AND later.target_version < own.target_version AND later.allow_downgrade
         AND later.scopes && own.scopes
         AND (later.tenants IS NULL OR own.tenants IS NULL OR later.tenants && own.tenants)
        WHERE own.correlation_id = @rotationId
          AND EXISTS (SELECT FROM rotationmesh.sweeps s WHERE s.rotation_id = later.correlation_id)
        ORDER BY later.started_at DESC LIMIT 1
        """;

    /// <summary>The later rotation.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Its target version.</summary>
    public int TargetVersion { get; init; }

    /// <summary>
    /// Returns the last rotation that undid a part of <paramref name="rotationId"/>, or all of it; null where there is none. By the
    /// names of scopes and tenants, so one of another map may count.
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
