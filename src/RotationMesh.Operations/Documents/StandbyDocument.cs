namespace RotationMesh.Operations.Documents;

/// <summary>
/// A database that is a standby, and the time of the primary's last commit that it has replayed; null where that is
/// unknown.
/// </summary>
public sealed record StandbyDocument(string Database, DateTimeOffset? ReplayedUntil);
