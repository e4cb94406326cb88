namespace RotationMesh.Tables.Scanning;

/// <summary>
/// The key version whose envelopes a scan is to find: the long search tries no other. Without its key
/// (<paramref name="IsHeld"/> is false), nothing that may be an envelope counts as tried.
/// </summary>
public sealed record SoughtVersion(int Version, bool IsHeld);
