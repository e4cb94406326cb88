namespace RotationMesh.Operations;

/// <summary>An operator's request for a rotation, before it is checked against map and keys.</summary>
public sealed record RotationOrder
{
    /// <summary>
    /// An id that the caller chooses: a second request with this id starts nothing else. Null for a new id.
    /// </summary>
    public Guid? RotationId { get; init; }

    /// <summary>The rows to rotate.</summary>
    public RowSelection Rows { get; init; } = new();

    /// <summary>
    /// Version to which rows are brought; null for the current version of the process that runs the rotation.
    /// </summary>
    public int? TargetVersion { get; init; }

    /// <summary>Rows in one transaction; null for the default.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether rows above the target version are brought down to it.</summary>
    public bool AllowDowngrade { get; init; }

    /// <summary>
    /// How much is decrypted again: <c>counts</c>, <c>full</c> or <c>sample:N%</c>; null for what the map says.
    /// </summary>
    public string? Verify { get; init; }

    /// <summary>
    /// Most partitions at a time where the process that gets the request does the work itself (a dry run); null for its
    /// number of processors.
    /// </summary>
    public int? Workers { get; init; }

    /// <summary>Whether the application's workers are paused, and resumed once the rotation has been verified.</summary>
    public bool PauseWorkers { get; init; }

    /// <summary>Gates that need not hold.</summary>
    public IReadOnlyList<GateOverride> IgnoredGates { get; init; } = [];

    /// <summary>When the newest snapshot was taken, as the operator says; null where the operator did not say.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }

    /// <summary>Who asks, as the audit log shows it; a coordinator replaces this with the name of the token.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line of the request; it contains no secret, as no option takes one.</summary>
    public string? CommandLine { get; init; }

    /// <summary>W3C traceparent of the requesting program; null where it does not trace.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A gate of the map that need not hold, and the operator's reason.</summary>
public sealed record GateOverride(string Gate, string Reason);
