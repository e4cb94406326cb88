namespace RotationMesh.Sample;

/// <summary>What is wrong with a corrupt row.</summary>
public enum DamageKind
{
    /// <summary>One character of the authentication tag is another.</summary>
    TamperedTag,

    /// <summary>The envelope ends inside its tag.</summary>
    Truncated,

    /// <summary>Readable text, as where a value was written without encryption.</summary>
    NotBase64,

    /// <summary>A sound envelope under another tenant's key.</summary>
    AnotherTenant,

    /// <summary>A sound envelope in a row that claims version 99.</summary>
    UnknownVersion,
}
