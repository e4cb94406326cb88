using RotationMesh.Control.Audit;

namespace RotationMesh.Control.Retirement;

/// <summary>A version that was taken out of service, or what is in the way of that.</summary>
public sealed record Retirement(RetiredKey? Key, IReadOnlyList<string> InTheWay);

/// <summary>A key version that is out of service.</summary>
public sealed record RetiredKey
{
    /// <summary>The version.</summary>
    public int Version { get; init; }

    /// <summary>Fingerprint of its key; null where the key ring did not have it any more.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Fingerprints of its key, by all that calls it retired: a key that has one is to be destroyed.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    /// <summary>Time of the retirement, by the database's clock.</summary>
    public DateTime RetiredAt { get; init; }

    /// <summary>The audit event by which a holder of the keys retired it; null where none is known.</summary>
    public AuditEvent? Event { get; init; }

    /// <summary>Whether a holder of the keys retired it: otherwise nothing may be destroyed for it.</summary>
    public bool IsVouched => Event is not null;

    /// <summary>Whether the table of retired versions has it.</summary>
    public bool IsRecorded { get; init; }
}
