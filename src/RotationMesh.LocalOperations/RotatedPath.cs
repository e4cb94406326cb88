using RotationMesh.Core.Map;

namespace RotationMesh.LocalOperations;

/// <summary>The path of a column as rotations record it.</summary>
public static class RotatedPath
{
    /// <summary>Returns the dotted path in the document; empty for the whole value.</summary>
    public static string Of(ColumnEntry column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.Path is { } path ? string.Join('.', path) : "";
    }
}
