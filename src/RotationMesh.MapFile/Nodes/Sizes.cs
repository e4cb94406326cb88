using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.MapFile.Nodes;

/// <summary>Reads sizes in the map: a whole number with MB, which is 1024² bytes as in PostgreSQL's settings.</summary>
internal static partial class Sizes
{
    /// <summary>Largest size of one value in PostgreSQL, and of the message that carries it.</summary>
    private const long Most = 1000L * 1024 * 1024;

    /// <summary>Returns the node's size in bytes; from 1 to 1000 MB. Throws a fault of the node.</summary>
    public static long Read(MapNode node) =>
        Parse(node.Text().Value) is { } bytes and > 0 and <= Most
            ? bytes
            : throw node.Fault(
                $"{node.Name} is not a size from 1MB to 1000MB: a whole number with MB, such as 64MB"
            );

    private static long? Parse(string text) =>
        Form().Match(text) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count)
            ? count * 1024L * 1024L
            : null;

    [GeneratedRegex("^([0-9]+) ?MB$")]
    private static partial Regex Form();
}
