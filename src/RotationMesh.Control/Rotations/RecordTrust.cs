namespace RotationMesh.Control.Rotations;

/// <summary>
/// How far a reader may trust a rotation's record. A role that may write the control schema can write "Completed" into
/// it, but can't seal it.
/// </summary>
public enum RecordTrust
{
    /// <summary>Its saga sealed it; or it does not claim to be Completed, so nobody destroys a key by it.</summary>
    Sealed,

    /// <summary>The key that sealed it is not here, so the seal can't be checked.</summary>
    Unchecked,

    /// <summary>It claims to be Completed, but no holder of the keys sealed that.</summary>
    Refuted,
}
