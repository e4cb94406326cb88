namespace RotationMesh.Sample;

/// <summary>How the knowledge entries are distributed to the tenants.</summary>
public enum Skew
{
    /// <summary>Every tenant gets about the same number of rows; some rows belong to no tenant.</summary>
    Equal,

    /// <summary>Three tenants hold about 60 % of the rows; the others share the rest.</summary>
    Huge,
}
