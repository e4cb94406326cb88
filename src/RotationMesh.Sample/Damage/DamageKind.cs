namespace RotationMesh.Sample;

/// <summary>The damage of a corrupt row.</summary>
public enum DamageKind
{
    /// <summary>One character of the authentication tag is changed.</summary>
    TamperedTag,

    /// <summary>The envelope ends inside its tag.</summary>
    Truncated,

    /// <summary>Readable text, as if a value had been written without encryption.</summary>
    NotBase64,

    /// <summary>A sound envelope under another tenant's key.</summary>
    AnotherTenant,

    /// <summary>A sound envelope in a row that claims version 99.</summary>
    UnknownVersion,
}
