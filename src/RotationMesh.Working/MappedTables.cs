using System.Collections.Concurrent;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Working;

/// <summary>
/// Finds tables in the worker's own map, and checks each against the database when a rotation's first partition of it comes. A
/// message can't widen what a worker does: a table that the map or the database lacks is not found.
/// </summary>
internal sealed class MappedTables(RotationMap map, SchemaCheck schema, ApplicationDatabases databases)
{
    private readonly ConcurrentDictionary<TableName, (Guid Rotation, MappedTable Target)> known = new();

    /// <summary>
    /// The table of a partition, and its rows. Throws <see cref="InvalidOperationException"/> where the map has no such
    /// table, or the table no such leaf, and <see cref="OtherDatabaseException"/> where the map's database is not the
    /// rotation's.
    /// </summary>
    public async Task<(MappedTable Target, PartitionRange Range)> FindAsync(
        Guid rotationId,
        PartitionRef partition,
        CancellationToken cancellationToken
    )
    {
        var name = partition.Table();
        var leaf = SqlName.Parse(partition.Leaf);
        MappedTable target;
        if (known.TryGetValue(name, out var last) && last.Rotation == rotationId && Has(last.Target, leaf))
            target = last.Target;
        else
        {
            await Place(partition).EnsureAsync(databases, partition.Database, cancellationToken);
            target = await CheckAsync(name, cancellationToken); // a leaf may have been added
            known[name] = (rotationId, target);
        }

        if (!Has(target, leaf))
            throw new InvalidOperationException($"table {partition.Table} has no leaf {leaf}");
        return (target, Range(partition, leaf));
    }

    /// <summary>The database that the command names, whichever the worker's own map leads to.</summary>
    public static ExpectedDatabase Place(PartitionRef partition) =>
        partition.DatabaseIdentity is not { } told ? ExpectedDatabase.Any
        : DatabaseIdentity.Parse(told) is { } identity ? new(identity)
        : throw new OtherDatabaseException(
            "the command names its database in a form that is not known here: use the coordinators' version of the program"
        );

    /// <summary>Makes the next partition of the same table check it again, which may have changed under this one.</summary>
    public void Forget(PartitionRef partition) => known.TryRemove(partition.Table(), out _);

    private async Task<MappedTable> CheckAsync(TableName name, CancellationToken cancellationToken)
    {
        var entry =
            map.Find(name)
            ?? throw new InvalidOperationException(
                $"the map has no table {name.Table} in scope {name.Scope}"
            );
        var report = await schema.CheckAsync([entry], forWriting: true, cancellationToken);
        return report.OrThrow()[0];
    }

    private static bool Has(MappedTable target, SqlName leaf) =>
        target.Shape.Leaves.Any(known => known.Name == leaf);

    private static PartitionRange Range(PartitionRef partition, SqlName leaf) =>
        new()
        {
            Scope = partition.Scope,
            Database = partition.Database,
            Table = partition.Table,
            Leaf = leaf,
            Tenants = partition.Tenants,
            Pages = partition.Pages,
        };
}
