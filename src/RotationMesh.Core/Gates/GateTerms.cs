namespace RotationMesh.Core.Gates;

/// <summary>What an operator decides about the gates when asking for a rotation.</summary>
public sealed record GateTerms
{
    /// <summary>
    /// Whether the application's workers are paused for the rotation, and resumed once it has been verified.
    /// </summary>
    public bool PauseWorkers { get; init; }

    /// <summary>Gates that need not hold, each with the operator's reason.</summary>
    public IReadOnlyList<IgnoredGate> Ignored { get; init; } = [];

    /// <summary>When the newest snapshot was taken, as the operator says; null where the operator did not say.</summary>
    public DateTimeOffset? SnapshotTakenAt { get; init; }

    /// <summary>What each gate learns of these terms.</summary>
    public GateOccasion Occasion => new() { SnapshotTakenAt = SnapshotTakenAt };
}

/// <summary>A gate that an operator overrides, and why.</summary>
public sealed record IgnoredGate(string Gate, string Reason);
