using System.Text.Json.Serialization;

namespace RotationMesh.Contracts;

// These carry neither map hash nor fingerprint: they touch no row, and an operator must be able to stop a rotation although
// the map has changed meanwhile. The saga handles each once, and ignores one without Asked, as an earlier release sent it.

/// <summary>
/// Sent by the relay or an embedding process, handled by the rotation saga, which stops dispatching; may arrive twice.
/// </summary>
[method: JsonConstructor]
public sealed record PauseRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Creates a request with the current time.</summary>
    public PauseRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>Sent by the relay or an embedding process, handled by the rotation saga, which continues; may arrive twice.</summary>
[method: JsonConstructor]
public sealed record ResumeRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Creates a request with the current time.</summary>
    public ResumeRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>
/// Sent by the relay or an embedding process, handled by the rotation saga, which ends and undoes nothing; may arrive twice.
/// </summary>
[method: JsonConstructor]
public sealed record CancelRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Creates a request with the current time.</summary>
    public CancelRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>
/// Sent by the relay or an embedding process, handled by the rotation saga, which retries the failures; may arrive twice.
/// Empty lists narrow nothing.
/// </summary>
[method: JsonConstructor]
public sealed record RetryRotation(
    Guid RotationId,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Tenants,
    IReadOnlyList<string> Errors,
    string RequestedBy,
    Asking? Asked
)
{
    /// <summary>Creates a request with the current time.</summary>
    public RetryRotation(
        Guid rotationId,
        IReadOnlyList<string> scopes,
        IReadOnlyList<string> tenants,
        IReadOnlyList<string> errors,
        string requestedBy
    )
        : this(rotationId, scopes, tenants, errors, requestedBy, Asking.Now()) { }
}
