using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// Finds columns that rotations were made for, that exist, and that the map leaves out although it leads to their table. Nobody
/// decrypts their values, and the scan need not know their context.
/// </summary>
internal sealed class UnreachedColumns(ApplicationDatabases databases)
{
    /// <summary>
    /// Returns those of the <paramref name="recorded"/> columns of a database's mapped tables that none of the
    /// <paramref name="mapped"/> entries of the table names. A table or column that is not there any more, or whose oid says nothing
    /// (0), is known by its former name. Throws <see cref="Npgsql.NpgsqlException"/> where the database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<UnreachedColumn>> FindAsync(
        string database,
        IReadOnlyList<(TableEntry Entry, TableTree Tree)> mapped,
        IReadOnlyList<RotatedColumn> recorded,
        CancellationToken cancellationToken
    )
    {
        var around = mapped.SelectMany(table => table.Tree.Around).ToHashSet();
        var look = new TableColumns(databases);
        var known = (
            await look.FindAsync(
                database,
                [.. recorded.Select(column => column.Relation).Where(oid => oid > 0).Distinct()],
                cancellationToken
            )
        ).ToLookup(column => column.Relation);
        var gone = recorded.Where(column => !known.Contains(column.Relation) && column.Column.Length > 0);
        var former = gone.Select(column => SqlName.Parse(column.Table).Name.Name).Distinct().ToList();
        IReadOnlyList<TableColumn> alike =
            former.Count == 0
                ? []
                : await look.FindAsync(database, around, cancellationToken, tables: former);
        var left = new List<UnreachedColumn>();
        var seen = new HashSet<(long, int, string)>();
        foreach (var one in recorded)
        foreach (var column in Today(one))
            if (
                seen.Add((column.Relation, column.Number, one.Path))
                && !IsNamed(column.Relation, column.Name, one.Path)
            )
                left.Add(new UnreachedColumn(database, column, one));
        return [.. left.Where(column => !mapped.Any(table => ShowsToo(table.Entry, table.Tree, column)))];

        // Who reads the column in the table reads the leaf's values too.
        bool ShowsToo(TableEntry entry, TableTree tree, UnreachedColumn leaf) =>
            !entry.Only
            && tree.Own != leaf.Column.Relation
            && tree.Below.Contains(leaf.Column.Relation)
            && left.Exists(column =>
                column.Column.Relation == tree.Own
                && column.Column.Name == leaf.Column.Name
                && column.Recorded.Path == leaf.Recorded.Path
            );

        // A table that exists and is not mapped is told as a table. A column may be made again under its name, values and all.
        IEnumerable<TableColumn> Today(RotatedColumn one)
        {
            if (!known.Contains(one.Relation))
                return Alike(one);
            if (!around.Contains(one.Relation))
                return [];
            var columns = known[one.Relation];
            return columns.FirstOrDefault(column => column.Number == one.Number) is { } same
                ? [same]
                : columns.Where(column => column.Name.Name == one.Column);
        }

        // The table that the map of today means by that name; where it has no such entry, each that the name may mean.
        IEnumerable<TableColumn> Alike(RotatedColumn one)
        {
            if (one.Column.Length == 0)
                return [];
            var table = SqlName.Parse(one.Table);
            var meant = mapped.Where(entry => entry.Entry.Table == table).ToList();
            return alike.Where(column =>
                column.Name.Name == one.Column
                && column.Table.Name == table.Name
                && (
                    meant.Count > 0
                        ? meant.Exists(entry => entry.Tree.Own == column.Relation)
                        : table.Schema is null || column.Table.Schema == table.Schema
                )
            );
        }

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

    /// <summary>Whether an entry names the column, at that dotted path or (empty) as a whole.</summary>
    public static bool Names(TableEntry entry, SqlIdentifier column, string path) =>
        entry.Columns.Any(declared => declared.Name == column && declared.DottedPath == path);

    /// <summary>
    /// Returns the ways to look for a recorded column in a database: by its oid, which says nothing of a copy in another server, or
    /// by its name (oid 0), or both where the servers do not tell themselves and it may be a copy.
    /// </summary>
    public static List<RotatedColumn> Standing(RotatedColumn column, DatabaseIdentity identity)
    {
        var byName = column with { Relation = 0 };
        if (DatabaseIdentity.Parse(column.Identity) is not { } known || !identity.Matches(known))
            return [byName];
        return known == identity && identity.System is not null ? [column] : [column, byName];
    }
}
