using RotationMesh.Postgres.Target.Planning;

namespace RotationMesh.Postgres.Target.Verification;

/// <summary>Rows that were looked at, and how many of them do not decrypt.</summary>
public sealed record VerificationOutcome(long Rows, long Failed)
{
    /// <summary>Rows that hold no value: there was nothing to decrypt, so nothing is proved of them.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted; a row has as many as declared columns hold one.</summary>
    public long Values { get; init; }

    /// <summary>Pages that are left, where it was stopped before their end; null where all was read.</summary>
    public PageRange? Rest { get; init; }
}
