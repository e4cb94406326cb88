using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Finds columns that rotations were made for, that exist, and that the map leaves out although it leads to their table. Nobody
/// decrypts their values, and the scan need not know their context.
/// </summary>
internal sealed class UnreachedColumns(ApplicationDatabases databases)
{
    /// <summary>
    /// Returns those of the <paramref name="recorded"/> columns of a database's mapped tables that none of the
    /// <paramref name="mapped"/> entries of the table names, each with the place by which it is left out and a sentence for the
    /// operator. Throws <see cref="Npgsql.NpgsqlException"/> where the database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<(string Place, string Told)>> FindAsync(
        string database,
        IReadOnlyList<(TableEntry Entry, TableTree Tree)> mapped,
        IReadOnlyList<RotatedColumn> recorded,
        CancellationToken cancellationToken
    )
    {
        var here = recorded
            .Where(column => mapped.Any(table => table.Tree.Around.Contains(column.Relation)))
            .ToList();
        var columns = (
            await new TableColumns(databases).FindAsync(
                database,
                [.. here.Select(column => column.Relation).Distinct()],
                cancellationToken
            )
        ).ToDictionary(column => (column.Relation, column.Number));
        var left = new List<(string, string)>();
        foreach (var one in here)
            if (
                columns.TryGetValue((one.Relation, one.Number), out var column)
                && !IsNamed(one.Relation, column.Name, one.Path)
            )
                left.Add(Tell(database, column, one));
        return left;

        // By the entry of the table or of one above it, else by each of those of its leaves.
        bool IsNamed(long relation, SqlIdentifier column, string path)
        {
            var above = mapped.Where(table => table.Tree.Below.Contains(relation)).ToList();
            return above.Count > 0
                ? above.Exists(table => Names(table.Entry, column, path))
                : mapped
                    .Where(table => table.Tree.Around.Contains(relation))
                    .All(table => Names(table.Entry, column, path));
        }
    }

    private static bool Names(TableEntry entry, SqlIdentifier column, string path) =>
        entry.Columns.Any(declared => declared.Name == column && declared.DottedPath == path);

    private static (string Place, string Told) Tell(
        string database,
        TableColumn column,
        RotatedColumn recorded
    )
    {
        var (table, name) = ($"{column.Table}", column.Name.Name);
        var path = recorded.Path.Length == 0 ? "" : $" at path {recorded.Path}";
        return (
            SkippedLocations.Name(database, table, name),
            $"column {name}{path} of table {table} (database {database}), which rotation {recorded.RotationId} was for, is not in this "
                + "map: put it into the map, or drop it. Where its values need no key any more, leave it out with "
                + $"{UntriedWords.Skip(database, table, name)} --reason TEXT"
        );
    }
}
