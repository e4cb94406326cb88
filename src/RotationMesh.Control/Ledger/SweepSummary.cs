using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Ledger;

/// <summary>How far a sweep is.</summary>
public sealed record SweepSummary(SweepKey Key, bool IsPlanned, IReadOnlyList<TableSummary> Tables)
{
    /// <summary>Partitions planned so far.</summary>
    public long Partitions => Tables.Sum(table => table.Partitions);

    /// <summary>Partitions that are pending or with a worker.</summary>
    public long Open => Tables.Sum(table => table.Open);

    /// <summary>Partitions that are done.</summary>
    public long Done => Tables.Sum(table => table.Done);

    /// <summary>Partitions that failed as a whole.</summary>
    public long Failed => Tables.Sum(table => table.Failed);

    /// <summary>What became of the rows of partitions that are done.</summary>
    public RowCounts Counts => Tables.Aggregate(RowCounts.None, (sum, table) => sum + table.Counts);

    /// <summary>Whether nothing more is to come: planned to its end, and no partition open.</summary>
    public bool IsSettled => IsPlanned && Open == 0;
}

/// <summary>How far a table of a sweep is.</summary>
public sealed record TableSummary
{
    /// <summary>The table.</summary>
    public required TableName Table { get; init; }

    /// <summary>Partitions planned so far.</summary>
    public required long Partitions { get; init; }

    /// <summary>Partitions that are with a worker.</summary>
    public required long Dispatched { get; init; }

    /// <summary>Partitions that are done.</summary>
    public required long Done { get; init; }

    /// <summary>Partitions that failed as a whole.</summary>
    public required long Failed { get; init; }

    /// <summary>What became of the rows of partitions that are done.</summary>
    public required RowCounts Counts { get; init; }

    /// <summary>Partitions that are pending or with a worker.</summary>
    public long Open => Partitions - Done - Failed;
}
