using RotationMesh.Control.Audit;

namespace RotationMesh.Control.Retirement;

/// <summary>A version that is out of service, or why it is not.</summary>
public sealed record Retirement(RetiredKey? Key, IReadOnlyList<string> InTheWay);

/// <summary>A key version that is out of service.</summary>
public sealed record RetiredKey
{
    /// <summary>The version.</summary>
    public int Version { get; init; }

    /// <summary>Fingerprint of its key; null where the key ring did not have it any more.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Fingerprints of its key by whatever calls it retired: a key that is one of them is to be destroyed.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    /// <summary>When, by the database's clock.</summary>
    public DateTime RetiredAt { get; init; }

    /// <summary>By whom.</summary>
    public string RetiredBy { get; init; } = "";

    /// <summary>The event of the audit log by which somebody with the keys retired it; null where none is known.</summary>
    public AuditEvent? Event { get; init; }

    /// <summary>Whether somebody with the keys retired it: without that nothing may be destroyed by it.</summary>
    public bool IsVouched => Event is not null;

    /// <summary>Whether it stands in the table of retired versions.</summary>
    public bool IsRecorded { get; init; }
}
