using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.MapFile.Nodes;

/// <summary>Lengths of time in the map: a whole number with its unit, ms, s, m, h or d.</summary>
internal static partial class Durations
{
    /// <summary>The length of time that the node holds; above zero. Throws a fault of the node.</summary>
    public static TimeSpan Read(MapNode node) =>
        Parse(node.Text().Value) is { } duration && duration > TimeSpan.Zero
            ? duration
            : throw node.Fault(
                $"{node.Name} is not a length of time: a whole number above 0 with ms, s, m, h or d, such as 60s"
            );

    private static TimeSpan? Parse(string text)
    {
        if (
            Form().Match(text) is not { Success: true } match
            || !int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count)
        )
            return null;
        return match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => count > MostDays ? null : TimeSpan.FromDays(count),
        };
    }

    // More than anyone keeps a snapshot, and few enough for a TimeSpan.
    private const int MostDays = 36_500;

    [GeneratedRegex("^([0-9]+)(ms|s|m|h|d)$")]
    private static partial Regex Form();
}
