using RotationMesh.Tables.Probing;

namespace RotationMesh.LocalOperations;

/// <summary>What became of the rows of one table.</summary>
public sealed record TableTotals
{
    /// <summary>Scope of the table.</summary>
    public required string Scope { get; init; }

    /// <summary>Database of the table, as the map names it.</summary>
    public required string Database { get; init; }

    /// <summary>Table as the map names it.</summary>
    public required string Table { get; init; }

    /// <summary>Rows that were settled: rotated, current, external or failed.</summary>
    public long Rows => Rotated + Current + External + Failed;

    /// <summary>Rows that this rotation brought to the target version; in a dry run, rows that it would.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that were at the target version already.</summary>
    public required long Current { get; init; }

    /// <summary>Rotated and current rows that hold no value: only their version column shows where they stand.</summary>
    public long Empty { get; init; }

    /// <summary>Rows whose value lives outside the table.</summary>
    public required long External { get; init; }

    /// <summary>Rows that are not at the target version, or do not decrypt under it.</summary>
    public required long Failed { get; init; }

    /// <summary>How often a row had changed between read and write.</summary>
    public required long Conflicts { get; init; }

    /// <summary>Rows that a stopped rotation did not reach.</summary>
    public required long Pending { get; init; }

    /// <summary>
    /// Declared columns that hold a value in few rows, and that the map does not call <c>mostlyEmpty</c>.
    /// </summary>
    public IReadOnlyList<SparseColumn> Sparse { get; init; } = [];

    /// <summary>Whether all names, numbers and sparse columns are equal.</summary>
    public bool Equals(TableTotals? other) =>
        other is not null
        && (Scope, Database, Table) == (other.Scope, other.Database, other.Table)
        && (Rotated, Current, Empty, External) == (other.Rotated, other.Current, other.Empty, other.External)
        && (Failed, Conflicts, Pending) == (other.Failed, other.Conflicts, other.Pending)
        && Sparse.SequenceEqual(other.Sparse);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scope, Database, Table, Rotated, Current, Failed);
}
