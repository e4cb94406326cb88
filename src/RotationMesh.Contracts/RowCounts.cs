namespace RotationMesh.Contracts;

/// <summary>Rows by outcome: the sum of rotated, current, external and failed is the number of rows.</summary>
public sealed record RowCounts
{
    public long Rows { get; init; }
    public long Rotated { get; init; }

    /// <summary>Rows that were at the target version already.</summary>
    public long Current { get; init; }

    public long External { get; init; }
    public long Failed { get; init; }

    /// <summary>Rows that changed between read and write and were read again; each is counted above as well.</summary>
    public long Conflicts { get; init; }

    /// <summary>Rows that kept changing or stayed locked, left for the next sweep; not counted above.</summary>
    public long Contended { get; init; }

    /// <summary>Rows without a value, so that nothing was decrypted; each is counted above as well.</summary>
    public long Empty { get; init; }

    /// <summary>Values that were decrypted; a row may hold none, or several.</summary>
    public long Values { get; init; }
}
