using System.Text.Json.Serialization;

namespace RotationMesh.Operations;

/// <summary>What is asked of a rotation that exists.</summary>
public sealed record ControlOrder
{
    /// <summary>What to do.</summary>
    [JsonPropertyName("steering")]
    public required ControlAction Action { get; init; }

    /// <summary>Of a retry: only failures of these scopes; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Of a retry: only failures of these tenants; empty for all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>Of a retry: only failures of these error classes; empty for all.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Who asks, as the audit log shows it.</summary>
    public required string RequestedBy { get; init; }
}

/// <summary>What an operator may ask of a rotation.</summary>
public enum ControlAction
{
    /// <summary>Dispatch no more; partitions in hand end.</summary>
    Pause = 1,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>End; what is done stays done.</summary>
    Cancel,

    /// <summary>Try again what failed.</summary>
    Retry,
}
