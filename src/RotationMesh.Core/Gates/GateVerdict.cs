namespace RotationMesh.Core.Gates;

/// <summary>
/// The result of a gate's check. <paramref name="Reason"/> says in one sentence what was found, <paramref name="Fix"/>
/// what to do about it; neither holds a secret.
/// </summary>
public sealed record GateVerdict(string Gate, bool Holds, string Reason, string? Fix = null)
{
    /// <summary>
    /// How long to wait, where the obstacle ends by itself (jobs of a paused queue); zero where somebody has to act.
    /// </summary>
    public TimeSpan DrainTimeout { get; init; }

    /// <summary>One line for a person: name, reason, fix.</summary>
    public override string ToString() =>
        Fix is null ? $"gate {Gate}: {Reason}" : $"gate {Gate}: {Reason}; {Fix}";
}
