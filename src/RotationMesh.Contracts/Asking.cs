namespace RotationMesh.Contracts;

/// <summary>
/// That something was asked, and when, by the clock of whoever asks: what comes again, or long after what others have asked
/// since, is told from it. Part of what is sealed.
/// </summary>
public sealed record Asking(Guid Id, DateTimeOffset At)
{
    /// <summary>Asked now, and never before.</summary>
    public static Asking Now() => new(Guid.CreateVersion7(), DateTimeOffset.UtcNow);
}
