namespace RotationMesh.Client;

/// <summary>
/// The coordinator answers, but one of its databases fails. The message is the one that an embedded verb would give. Hosts
/// end with exit code 1.
/// </summary>
public sealed class DatabaseFaultException(string message) : Exception(message);
