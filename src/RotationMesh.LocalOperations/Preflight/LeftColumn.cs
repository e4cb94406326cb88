using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring.Reach;

namespace RotationMesh.LocalOperations.Preflight;

/// <summary>A column with values that an earlier rotation was for, and that the map of today leaves out.</summary>
/// <param name="Entry">The table in the map.</param>
/// <param name="Column">The column.</param>
internal sealed record LeftColumn(TableEntry Entry, UnreachedColumn Column)
{
    /// <summary>What is wrong.</summary>
    public string Problem =>
        $"{Column.Named}, which rotation {Column.Recorded.RotationId} was for, {Reasons.ColumnLeftOut}: their rows would get a "
        + "version whose key does not open them";

    /// <summary>What to do.</summary>
    public string Fix =>
        $"put it into the map (line {Entry.Line}), or drop it; where its values need no key any more, or another map rotates them by a "
        + $"version column of their own, let the map say formerColumns: [{Place(Column)}] for the table";

    /// <summary>What to do where a rotation runs, whose map is what it is.</summary>
    public string FixOfRunning =>
        "give the column its former name back, or drop it, and the rotation can end, by a retry where it has ended; or cancel it, and "
        + Fix;

    /// <summary>The name by which the map leaves the column out on purpose: with a path, where it had one.</summary>
    public static string Place(UnreachedColumn column) =>
        column.Recorded.Path.Length == 0
            ? column.Column.Name.Name
            : $"{column.Column.Name.Name}.{column.Recorded.Path}";
}
