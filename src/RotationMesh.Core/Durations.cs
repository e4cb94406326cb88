using System.Globalization;
using System.Text.RegularExpressions;

namespace RotationMesh.Core;

/// <summary>Lengths of time as operators write them: a whole number with its unit, ms, s, m, h or d.</summary>
public static partial class Durations
{
    /// <summary>The accepted form, for error messages.</summary>
    public const string Form = "a whole number above 0 with ms, s, m, h or d, such as 60s";

    // Longer than anyone keeps a snapshot, and short enough for a TimeSpan.
    private const int MostDays = 36_500;

    /// <summary>Reads a length of time; null where the text is none, is zero, or is too large.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (
            Pattern().Match(text) is not { Success: true } match
            || !int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var count)
            || count == 0
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

    [GeneratedRegex("^([0-9]+)(ms|s|m|h|d)$")]
    private static partial Regex Pattern();
}
