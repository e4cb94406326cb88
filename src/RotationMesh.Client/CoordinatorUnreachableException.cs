namespace RotationMesh.Client;

/// <summary>The coordinator does not answer, or what it needs itself does not. Hosts end with exit code 6.</summary>
public sealed class CoordinatorUnreachableException(string message, Exception? inner = null)
    : Exception(message, inner);
