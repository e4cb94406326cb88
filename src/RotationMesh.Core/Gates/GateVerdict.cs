namespace RotationMesh.Core.Gates;

/// <summary>
/// What a look at a gate found. <paramref name="Reason"/> says in one sentence what was seen, <paramref name="Fix"/> what
/// to do about it; neither holds a secret.
/// </summary>
public sealed record GateVerdict(string Gate, bool Holds, string Reason, string? Fix = null)
{
    /// <summary>
    /// How long waiting may help, since what is in the way ends by itself (jobs of a paused queue); zero where only
    /// somebody's action helps.
    /// </summary>
    public TimeSpan DrainTimeout { get; init; }

    /// <summary>One line for a person: name, reason, fix.</summary>
    public override string ToString() =>
        Fix is null ? $"gate {Gate}: {Reason}" : $"gate {Gate}: {Reason}; {Fix}";
}
