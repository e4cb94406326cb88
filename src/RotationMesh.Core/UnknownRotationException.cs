namespace RotationMesh.Core;

/// <summary>There is no rotation with that id: an API answers it unlike other faults of usage.</summary>
public sealed class UnknownRotationException(string message) : UsageException(message);
