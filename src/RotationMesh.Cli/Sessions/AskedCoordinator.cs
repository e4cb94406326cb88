using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Client;
using RotationMesh.Core;

namespace RotationMesh.Cli.Sessions;

/// <summary>
/// The coordinator that a verb asks. It has a map and keys of its own, so nobody should believe that a map or keys on the
/// command line are used.
/// </summary>
internal static class AskedCoordinator
{
    /// <summary>
    /// Returns its address, and says on standard error what an operator may not expect of it: that a given map is not used,
    /// or, where a variable alone names it, who is asked for something that <paramref name="changes"/> anything. Throws
    /// <see cref="UsageException"/> where the variable names it although options give a map or keys, and for a text that is
    /// no address.
    /// </summary>
    public static Uri Read(ParseResult parsed, string server, bool changes, Terminal terminal)
    {
        var address = CoordinatorAddress.Parse(server);
        if (!IsGiven(parsed, GlobalOptions.Server))
        {
            Option[] own = [GlobalOptions.Config, GlobalOptions.EnvFile];
            var given = string.Join(
                " and ",
                own.Where(option => IsGiven(parsed, option)).Select(option => option.Name)
            );
            if (given.Length > 0)
                throw new UsageException(
                    $"{ProgramVariable.Server} is set, and the coordinator at {address.AbsoluteUri} has its own map and keys: "
                        + $"unset it, or leave {given} out"
                );
            if (changes)
                terminal.Progress.Line(
                    $"Asking the coordinator at {address.AbsoluteUri}, by {ProgramVariable.Server}"
                );
        }
        else if (IsGiven(parsed, GlobalOptions.Config))
        {
            terminal.Progress.Line(
                $"The coordinator at {address.AbsoluteUri} answers with its own map: {parsed.GetValue(GlobalOptions.Config)} is not used"
            );
        }

        return address;
    }

    private static bool IsGiven(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false };
}
