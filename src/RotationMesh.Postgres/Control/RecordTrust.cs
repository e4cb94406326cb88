namespace RotationMesh.Postgres.Control;

/// <summary>
/// What a reader may believe of a rotation's record: whoever can write the control schema can write "Completed" into it, and
/// can't seal it.
/// </summary>
public enum RecordTrust
{
    /// <summary>Its saga sealed it; or it claims nothing by which somebody destroys a key.</summary>
    Sealed,

    /// <summary>The key that sealed it is not here, so nobody can tell.</summary>
    Unchecked,

    /// <summary>It claims to be Completed, and nobody with the keys says so.</summary>
    Refuted,
}
