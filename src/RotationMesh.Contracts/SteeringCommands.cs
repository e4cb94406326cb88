namespace RotationMesh.Contracts;

// These carry neither map hash nor fingerprint: they touch no row, and stopping a rotation must work although the map
// has changed meanwhile.

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which stops dispatching; may arrive twice.</summary>
public sealed record PauseRotation(Guid RotationId, string RequestedBy);

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which goes on; may arrive twice.</summary>
public sealed record ResumeRotation(Guid RotationId, string RequestedBy);

/// <summary>Sent by the CLI or the API, handled by the rotation saga, which ends and keeps what is done; may arrive twice.</summary>
public sealed record CancelRotation(Guid RotationId, string RequestedBy);

/// <summary>
/// Sent by the CLI or the API, handled by the rotation saga, which dispatches again what failed; may arrive twice, and what
/// is pending by then stays pending. Empty lists narrow nothing.
/// </summary>
public sealed record RetryRotation(
    Guid RotationId,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> Tenants,
    IReadOnlyList<string> Errors,
    string RequestedBy
);
