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
    /// <summary>Rotations whose tables are kept, the last ones that a partition came of: several may take turns.</summary>
    private const int Rotations = 4;

    private readonly Lock gate = new();
    private readonly List<(Guid Rotation, Dictionary<TableName, MappedTable> Tables)> known = [];

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
        var target = Recall(rotationId, name);
        if (target is null || !Has(target, leaf))
        {
            await Place(partition).EnsureAsync(databases, partition.Database, cancellationToken);
            target = await CheckAsync(name, cancellationToken); // a leaf may have been added
            Keep(rotationId, name, target);
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
    public void Forget(PartitionRef partition)
    {
        lock (gate)
            known.ForEach(one => one.Tables.Remove(partition.Table()));
    }

    private MappedTable? Recall(Guid rotationId, TableName name)
    {
        lock (gate)
            return known.Find(one => one.Rotation == rotationId).Tables?.GetValueOrDefault(name);
    }

    private void Keep(Guid rotationId, TableName name, MappedTable target)
    {
        lock (gate)
        {
            var at = known.FindIndex(one => one.Rotation == rotationId);
            var tables = at < 0 ? [] : known[at].Tables;
            if (at >= 0)
                known.RemoveAt(at);
            else if (known.Count == Rotations)
                known.RemoveAt(0);
            tables[name] = target;
            known.Add((rotationId, tables));
        }
    }

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
            Columns = partition.Columns,
            Tenants = partition.Tenants,
            Pages = partition.Pages,
        };
}
