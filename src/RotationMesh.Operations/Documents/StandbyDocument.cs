namespace RotationMesh.Operations.Documents;

/// <summary>A database that is a standby, and the time of the primary's last commit that it has; null where it is not known.</summary>
public sealed record StandbyDocument(string Database, DateTimeOffset? ReplayedUntil);
