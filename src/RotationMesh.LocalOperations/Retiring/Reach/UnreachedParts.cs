using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>Former leaves of tables that rotations were made for. There may be many of one table, so they are told together.</summary>
internal static class UnreachedParts
{
    /// <summary>
    /// Returns the recorded columns of the table of which each detached leaf was a part, as columns of the leaf, where one of the
    /// <paramref name="mapped"/> entries names the leaf by itself. Their numbers may differ there (0), their names do not.
    /// </summary>
    public static IEnumerable<RotatedColumn> Columns(
        IReadOnlyList<(TableEntry Entry, TableTree Tree)> mapped,
        IEnumerable<RotatedTable> tables,
        IEnumerable<RotatedColumn> columns
    )
    {
        var parts = tables.Where(table => table.PartOf.Length > 0).ToLookup(table => (long?)table.Relation);
        var known = columns.ToLookup(column => (column.Identity, column.Database, column.Table));
        return (
            from one in mapped
            from part in parts[one.Tree.Own]
            from column in known[(part.Identity, part.Database, part.PartOf)]
            where !one.Tree.Around.Contains(column.Relation)
            select column with
            {
                Relation = part.Relation,
                Number = 0,
            }
        ).DistinctBy(column =>
            (column.Identity, column.Database, column.Table, column.Relation, column.Column, column.Path)
        );
    }

    /// <summary>Describes for the operator leaves that the map does not lead to, each by its name of today.</summary>
    public static string Explain(
        string database,
        string table,
        IReadOnlyList<(string Table, RotatedTable Recorded, string? FinalizeWith)> parts
    )
    {
        var (first, recorded, _) = parts[0];
        var begin = DetachWords.First(parts.Select(part => part.FinalizeWith));
        if (parts.Count > 1)
        {
            var named = SomeNames.Of([.. parts.Select(part => part.Table)]);
            return $"tables {named} (database {database}), which were part of {table} when rotations were for it, are not in "
                + $"this map: {begin}put them into the map, attach them again, or drop them. Where their values need no key any more, "
                + $"leave out each{(parts.Count > SomeNames.Usual ? " (--output json has all, as detachedLeaves)" : "")}, as with {UntriedWords.Skip(database, first, null)} --reason TEXT";
        }

        var former = SqlName.Parse(recorded.Table);
        var isSame = former == SqlName.Parse(first);
        return $"table {first} (database {database}{(isSame ? "" : $", then called {former}")}), which was part of {table} when rotation "
            + $"{recorded.RotationId} was for it, is not in this map: {begin}put it into the map, attach it again, or drop it. "
            + $"Where its values need no key any more, leave it out with {UntriedWords.Skip(database, first, null)} --reason TEXT";
    }
}
