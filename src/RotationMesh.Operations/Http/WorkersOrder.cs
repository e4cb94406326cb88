namespace RotationMesh.Operations.Http;

/// <summary>A request to the application's queues; the path says which.</summary>
public sealed record WorkersOrder
{
    /// <summary>Who asks; a coordinator replaces this with the name of the token.</summary>
    public string? RequestedBy { get; init; }
}
