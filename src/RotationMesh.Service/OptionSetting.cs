using System.CommandLine;
using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Hosting;

namespace RotationMesh.Service;

/// <summary>Shows options that are no secrets.</summary>
internal static class OptionSetting
{
    /// <summary>
    /// Returns the option's value, and whether it is from the command line, from the variable that stands for the option, or
    /// the default.
    /// </summary>
    public static Setting Of<T>(ParseResult parsed, Option<T> option)
    {
        var variable = ProgramVariable.Of(option.Name);
        return new Setting(
            option.Name,
            Text(parsed.GetValue(option)),
            parsed.GetResult(option) is { Implicit: false } ? Setting.FromOption
                : variable.Value is not null ? $"environment variable {variable}"
                : Setting.ByDefault
        );
    }

    private static string Text(object? value) =>
        value switch
        {
            null => Setting.NotSet,
            TimeSpan time => Durations.Text(time),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => $"{value}",
        };
}
