namespace RotationMesh.Core.Envelopes;

/// <summary>How a column holds the bytes of an envelope.</summary>
public enum EnvelopeEncoding
{
    /// <summary>Standard base64 in UTF-8 text (RFC 4648, section 4).</summary>
    Base64,

    /// <summary>The raw bytes.</summary>
    Binary,
}
