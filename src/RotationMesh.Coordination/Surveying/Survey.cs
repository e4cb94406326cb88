using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Surveying;

/// <summary>What a census of all tables of a rotation found, and the databases that it could not count.</summary>
internal sealed record Survey(IReadOnlyList<SurveyedTable> Tables, IReadOnlyList<UncountedDatabase> Uncounted)
{
    /// <summary>
    /// The transactions that a closing census waits for; null where there are none. Their database is not counted, or
    /// only its visible rows are.
    /// </summary>
    public string? Waiting { get; init; }

    /// <summary>Transactions that were open before the count and are not waited for any more; null where there are none.</summary>
    public string? OpenWriters { get; init; }

    /// <summary>Tables to which leaves came, or which they left, while rows were counted: some were counted by nobody.</summary>
    public IReadOnlyList<TableName> ChangedTables { get; init; } = [];

    /// <summary>What the counts rest on where the role does not see every row; none where it does.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why not everything was counted, in one line for the operator; null where it was.</summary>
    public string? Gaps =>
        Uncounted.Count == 0
            ? null
            : string.Join("; ", Uncounted.Select(gap => $"database {gap.Database}: {gap.Reason}"));

    /// <summary>
    /// Throws <see cref="UsageException"/> where a database does not fit the map. One that does not answer may return.
    /// </summary>
    public void EnsureFits()
    {
        var unfit = Uncounted.Where(gap => !gap.MayReturn).Select(gap => gap.Reason);
        if (string.Join(Environment.NewLine, unfit) is { Length: > 0 } all)
            throw new UsageException(all);
    }

    public long BelowTarget(int version) => Tables.Sum(table => table.Pending(version));

    public IReadOnlyList<TableCount> Counted(RotationGoal goal) =>
        [.. Tables.Select(table => table.Counted(goal))];
}

/// <summary>A database that does not answer, or does not fit the map; one that may return is waited for.</summary>
internal sealed record UncountedDatabase(string Database, string Reason, Exception? Fault = null)
{
    public bool MayReturn => Fault is not null;
}

/// <summary>A counted table of a rotation; <see cref="Order"/> is its place in the map.</summary>
internal sealed record SurveyedTable(MappedTable Target, short Order, IReadOnlyList<VersionCount> Counts)
    : RowsByVersion(Target, Counts)
{
    /// <summary>Returns the names of those of which values live in a store.</summary>
    public static IReadOnlyList<TableName> InStores(IEnumerable<SurveyedTable> tables) =>
        [.. tables.Where(table => table.Target.Entry.ExternalStore is not null).Select(table => table.Name)];

    // For some tenants, sparse columns are unknown: those of the others may hold values.
    public TableCount Counted(RotationGoal goal) =>
        new()
        {
            Scope = Name.Scope,
            Database = Name.Database,
            Table = Name.Table,
            Columns = [.. Target.Entry.Columns.Select(column => column.FullName)],
            Stored = Stored,
            Pending = Pending(goal.TargetVersion),
            External = External,
            Empty = Empty(goal.TargetVersion),
            Sparse = goal.Tenants.Count == 0 ? ColumnLook.Sparse(this) : [],
        };
}
