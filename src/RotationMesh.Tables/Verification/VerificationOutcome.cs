using RotationMesh.Tables.Ranges;

namespace RotationMesh.Tables.Verification;

/// <summary>Rows that were looked at, and how many of them do not decrypt.</summary>
public sealed record VerificationOutcome(long Rows, long Failed)
{
    /// <summary>Rows that hold no value: there was nothing to decrypt, so nothing is proved of them.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted; a row has as many as declared columns hold one.</summary>
    public long Values { get; init; }

    /// <summary>Whether it was stopped before the end; the counts are of the parts that were read to theirs.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Whether a row of the next part was read when it was stopped, so that it did not wait for somebody's lock, say.</summary>
    public bool WasReading { get; init; }

    /// <summary>Whether the leaf was not there by its name when it was read: what is there by now, nobody has looked at.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Pages that are left, where it was stopped and those before are done.</summary>
    public PageRange? Rest { get; init; }
}
