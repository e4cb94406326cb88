using System.Text.Json.Serialization;

namespace RotationMesh.Contracts;

// These carry neither map hash nor fingerprint: they touch no row, and stopping a rotation must work although the map
// has changed meanwhile. Each is heard once: one without the time of its asking, as an earlier release sent it, is not.

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which stops dispatching; may arrive twice.</summary>
[method: JsonConstructor]
public sealed record PauseRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Asked now.</summary>
    public PauseRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which goes on; may arrive twice.</summary>
[method: JsonConstructor]
public sealed record ResumeRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Asked now.</summary>
    public ResumeRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which ends and keeps what is done; may arrive twice.</summary>
[method: JsonConstructor]
public sealed record CancelRotation(Guid RotationId, string RequestedBy, Asking? Asked)
{
    /// <summary>Asked now.</summary>
    public CancelRotation(Guid rotationId, string requestedBy)
        : this(rotationId, requestedBy, Asking.Now()) { }
}

/// <summary>
/// Sent by the CLI or the API, handled by the rotation saga, which dispatches again what failed; may arrive twice. Empty
/// lists narrow nothing.
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
    /// <summary>Asked now.</summary>
    public RetryRotation(
        Guid rotationId,
        IReadOnlyList<string> scopes,
        IReadOnlyList<string> tenants,
        IReadOnlyList<string> errors,
        string requestedBy
    )
        : this(rotationId, scopes, tenants, errors, requestedBy, Asking.Now()) { }
}
