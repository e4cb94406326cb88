namespace RotationMesh.Bus.Standing;

/// <summary>What keeps this process from its work on RabbitMQ, and what mends it; neither holds a password.</summary>
/// <param name="Cause">What kind of trouble it is.</param>
/// <param name="Reason">What was found, and what is wanted.</param>
/// <param name="Fix">What to do; a command where one does it.</param>
public sealed record BrokerTrouble(BrokerCause Cause, string Reason, string Fix)
{
    /// <summary>Tells troubles apart: many queues may meet the same limit, which is one trouble.</summary>
    internal string Key { get; init; } = Reason;

    /// <summary>The reason and the fix in one sentence.</summary>
    public override string ToString() => $"{Reason}; {Fix}";
}
