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

    private static readonly (string Name, long Milliseconds)[] Units =
    [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];

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

    /// <summary>
    /// Writes a length of time as <see cref="Parse"/> reads it, in the largest unit that leaves no fraction. What is below a
    /// millisecond is lost.
    /// </summary>
    public static string Text(TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        var (name, length) = Units.First(unit => milliseconds % unit.Milliseconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{name}");
    }

    [GeneratedRegex("^([0-9]+)(ms|s|m|h|d)$")]
    private static partial Regex Pattern();
}
