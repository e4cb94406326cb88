namespace RotationMesh.Core;

/// <summary>The state of a rotation does not allow what is asked of it: an API answers it unlike other faults of usage.</summary>
public sealed class RotationStateException(string message) : UsageException(message);
