using RotationMesh.Control.Claims;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>A column that a rotation was made for, that exists, and that the map leaves out although it leads to its table.</summary>
/// <param name="Database">Name of the database in the map.</param>
/// <param name="Column">The column as it is called today.</param>
/// <param name="Recorded">The record of it.</param>
internal sealed record UnreachedColumn(string Database, TableColumn Column, RotatedColumn Recorded)
{
    /// <summary>The column, its path and its table, for people.</summary>
    public string Named =>
        $"column {Column.Name.Name}{(Recorded.Path.Length == 0 ? "" : $" at path {Recorded.Path}")} of table {Column.Table} "
        + $"(database {Database})";

    /// <summary>The place by which a retirement leaves it out.</summary>
    public string Place => SkippedLocations.Name(Database, $"{Column.Table}", Column.Name.Name);

    /// <summary>A sentence for the operator who retires a key.</summary>
    public string Told =>
        $"{Named}, which rotation {Recorded.RotationId} was for, is not in this map: put it into the map, or drop it. Where its values "
        + $"need no key any more, leave it out with {UntriedWords.Skip(Database, $"{Column.Table}", Column.Name.Name)} --reason TEXT";
}
