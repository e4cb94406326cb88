namespace RotationMesh.Operations.Documents;

/// <summary>A rotation that was asked for; a coordinator takes it from there.</summary>
public sealed record StartedRotation(Guid RotationId);
