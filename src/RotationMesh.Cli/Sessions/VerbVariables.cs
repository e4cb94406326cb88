using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;

namespace RotationMesh.Cli.Sessions;

/// <summary>Reads the variables of a verb, once.</summary>
internal static class VerbVariables
{
    /// <summary>
    /// Reads the dotenv file, and warns of variables that look like the program's and are none. Throws
    /// <see cref="Core.UsageException"/> where the file can't be read.
    /// </summary>
    public static Variables Read(ParseResult parsed, Terminal terminal)
    {
        var variables = new Variables(parsed.GetValue(GlobalOptions.EnvFile));
        var map = parsed.GetValue(GlobalOptions.Config)!;
        foreach (var warning in variables.Warnings(map))
            terminal.Progress.Warn($"Warning: {warning}");
        return variables;
    }
}
