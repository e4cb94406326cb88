namespace RotationMesh.Core;

/// <summary>The state of a rotation does not allow the request. The API answers it with a status of its own.</summary>
public sealed class RotationStateException(string message) : UsageException(message);
