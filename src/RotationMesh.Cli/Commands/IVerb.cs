using System.CommandLine;
using RotationMesh.Cli.Output;

namespace RotationMesh.Cli.Commands;

/// <summary>A verb of the program. It parses options, calls a library, shows the result and returns an exit code.</summary>
internal interface IVerb
{
    /// <summary>
    /// Builds the command with its options and action. The first Ctrl-C or SIGTERM cancels <paramref name="stopping"/>.
    /// </summary>
    Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping);
}
