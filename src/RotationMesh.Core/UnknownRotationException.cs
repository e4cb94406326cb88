namespace RotationMesh.Core;

/// <summary>There is no rotation with that id. The API answers it with a status of its own.</summary>
public sealed class UnknownRotationException(string message) : UsageException(message);
