namespace RotationMesh.Client;

/// <summary>The coordinator does not answer, is too busy, or a proxy can't reach it. Hosts end with exit code 6.</summary>
public sealed class CoordinatorUnreachableException(string message, Exception? inner = null)
    : Exception(message, inner);
