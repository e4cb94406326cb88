namespace RotationMesh.Api.Access;

/// <summary>What the holder of a token may do. Each role includes the roles before it.</summary>
public enum ApiRole
{
    /// <summary>See rotations, have rows counted, see keys by fingerprint.</summary>
    Viewer = 1,

    /// <summary>Start and steer rotations, and put load on the databases by dry runs and verification.</summary>
    Operator,
}
