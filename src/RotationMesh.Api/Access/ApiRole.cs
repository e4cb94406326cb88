namespace RotationMesh.Api.Access;

/// <summary>What the holder of a token may do. Each role includes the roles before it.</summary>
public enum ApiRole
{
    /// <summary>See rotations, have rows counted, see keys by fingerprint.</summary>
    Viewer = 1,

    /// <summary>
    /// Start and control rotations, pause and resume queues, retire key versions, and load the databases with dry runs and
    /// verification.
    /// </summary>
    Operator,
}
