namespace RotationMesh.Core.Envelopes;

/// <summary>Why an envelope could not be opened; the row stays as it is and is recorded under this class.</summary>
public enum EnvelopeError
{
    /// <summary>It was opened.</summary>
    None,

    /// <summary>The tag does not match: another key, tenant or context, or the value was tampered with.</summary>
    AuthenticationFailed,

    /// <summary>Too short for an envelope, or not text that holds one.</summary>
    MalformedEnvelope,

    /// <summary>Authentic, but of nothing; the application never writes that and could not read it.</summary>
    EmptyPlaintext,
}
