namespace RotationMesh.Operations.Documents;

/// <summary>A rotation that was asked for; a coordinator starts it.</summary>
public sealed record StartedRotation(Guid RotationId);
