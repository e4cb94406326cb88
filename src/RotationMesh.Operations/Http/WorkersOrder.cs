namespace RotationMesh.Operations.Http;

/// <summary>What is asked of the application's queues; the path says what.</summary>
public sealed record WorkersOrder
{
    /// <summary>Who asks; a coordinator puts the name of the token in its place.</summary>
    public string? RequestedBy { get; init; }
}
