namespace RotationMesh.Contracts;

/// <summary>
/// Id and time of a control request, by the requester's clock. The saga recognizes by them a duplicate, and a request that
/// arrives long after newer ones. The seal covers both.
/// </summary>
public sealed record Asking(Guid Id, DateTimeOffset At)
{
    /// <summary>Returns a new id with the current time.</summary>
    public static Asking Now() => new(Guid.CreateVersion7(), DateTimeOffset.UtcNow);
}
