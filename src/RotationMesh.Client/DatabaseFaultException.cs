namespace RotationMesh.Client;

/// <summary>
/// The coordinator answers, and a database does not do what it should: the message is the one that a process of one's own
/// would give. Hosts end with exit code 1.
/// </summary>
public sealed class DatabaseFaultException(string message) : Exception(message);
