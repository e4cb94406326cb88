namespace RotationMesh.Control.Settling;

/// <summary>What a batch of results changed in the ledger.</summary>
public sealed record SettlementTally
{
    /// <summary>Partitions that are done now.</summary>
    public int Done { get; init; }

    /// <summary>Partitions that failed for good.</summary>
    public int Failed { get; init; }

    /// <summary>Partitions with a transient failure, which are tried again after a wait.</summary>
    public int Delayed { get; init; }

    /// <summary>Partitions that were refused or given back: pending again, or after a wait if cut short.</summary>
    public int Requeued { get; init; }

    /// <summary>Partitions whose lease began again.</summary>
    public int Extended { get; init; }

    /// <summary>Results that changed nothing: duplicates, and those of an attempt that is over.</summary>
    public int Stale { get; init; }
}
