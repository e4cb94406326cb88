using System.CommandLine.Parsing;
using System.Globalization;

namespace RotationMesh.Cli.Options;

/// <summary>Bounds of numeric options.</summary>
internal static class NumberRange
{
    /// <summary>
    /// Adds an error to an option whose value is a number outside the bounds; the parser itself refuses other text.
    /// </summary>
    public static void Check(OptionResult result, int from, int to)
    {
        if (
            result.Tokens is not [var token]
            || !long.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
        )
            return;
        if (value < from || value > to)
            result.AddError($"{result.Option.Name} is {value}: it must be {from} to {to}");
    }
}
