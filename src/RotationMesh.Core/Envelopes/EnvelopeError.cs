namespace RotationMesh.Core.Envelopes;

/// <summary>
/// Why an envelope could not be opened. The row stays as it is, and the failure is recorded under this class.
/// </summary>
public enum EnvelopeError
{
    /// <summary>The envelope was opened.</summary>
    None,

    /// <summary>The tag does not match: another key, tenant or context, or the value was tampered with.</summary>
    AuthenticationFailed,

    /// <summary>Too short for an envelope, or not text that holds one.</summary>
    MalformedEnvelope,

    /// <summary>Authentic, but with an empty plaintext, which the application never writes and could not read.</summary>
    EmptyPlaintext,

    /// <summary>
    /// Authentic, but text that may be another envelope follows the padding. The application passes over it, and a rewrite
    /// would destroy it.
    /// </summary>
    MayHoldAnother,
}
