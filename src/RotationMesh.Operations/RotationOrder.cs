namespace RotationMesh.Operations;

/// <summary>A rotation as an operator asks for it, before it is checked against map and keys.</summary>
public sealed record RotationOrder
{
    /// <summary>Id of the caller's own, under which asking again starts nothing else; null for a new one.</summary>
    public Guid? RotationId { get; init; }

    /// <summary>The rows to rotate.</summary>
    public RowSelection Rows { get; init; } = new();

    /// <summary>Version to bring rows to; null for the current one of the process that runs the rotation.</summary>
    public int? TargetVersion { get; init; }

    /// <summary>Rows of one transaction; null for the default.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether rows above the target version are brought down to it.</summary>
    public bool AllowDowngrade { get; init; }

    /// <summary>How much is decrypted again: <c>counts</c>, <c>full</c> or <c>sample:N%</c>; null as the map says.</summary>
    public string? Verify { get; init; }

    /// <summary>Partitions at a time where the process that is asked does the work itself (a dry run); null for its processors.</summary>
    public int? Workers { get; init; }

    /// <summary>Whether the application's workers are paused, and resumed when the rotation has been verified.</summary>
    public bool PauseWorkers { get; init; }

    /// <summary>Gates that need not hold.</summary>
    public IReadOnlyList<GateOverride> IgnoredGates { get; init; } = [];

    /// <summary>When the newest snapshot was taken, as the operator says; null where nothing was said.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }

    /// <summary>Who asks, as the audit log shows it; a coordinator puts the name of the token in its place.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line by which it is asked; it holds no secret, as no option takes one.</summary>
    public string? CommandLine { get; init; }

    /// <summary>W3C traceparent of the asking program, where it traces.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A gate of the map that need not hold, and the operator's reason.</summary>
public sealed record GateOverride(string Gate, string Reason);
