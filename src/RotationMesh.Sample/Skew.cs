namespace RotationMesh.Sample;

/// <summary>How the knowledge entries are dealt out to the tenants.</summary>
public enum Skew
{
    /// <summary>Every tenant gets the same number of rows, but for those that belong to no tenant.</summary>
    Equal,

    /// <summary>Three tenants hold 60 % of the rows; the others share the rest.</summary>
    Huge,
}
