using System.Text.Json.Serialization;

namespace RotationMesh.Operations;

/// <summary>What an operator asks of a rotation that exists.</summary>
public sealed record ControlOrder
{
    /// <summary>The request.</summary>
    [JsonPropertyName("steering")]
    public required ControlAction Action { get; init; }

    /// <summary>For a retry: only failures of these scopes; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>For a retry: only failures of these tenants; empty for all.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>For a retry: only failures of these error classes; empty for all.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>Who asks, as the audit log shows it.</summary>
    public required string RequestedBy { get; init; }
}

/// <summary>What an operator may ask of a rotation.</summary>
public enum ControlAction
{
    /// <summary>Dispatch no more partitions; those that workers have are finished.</summary>
    Pause = 1,

    /// <summary>Continue a paused rotation.</summary>
    Resume,

    /// <summary>End the rotation; what is done stays done.</summary>
    Cancel,

    /// <summary>Try again what failed.</summary>
    Retry,
}
