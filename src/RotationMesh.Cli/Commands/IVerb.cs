using System.CommandLine;
using RotationMesh.Cli.Output;

namespace RotationMesh.Cli.Commands;

/// <summary>A verb of the program: parse, call a library, show, return an exit code.</summary>
internal interface IVerb
{
    /// <summary>
    /// The command with its options and action. <paramref name="stopping"/> is set by the first Ctrl-C or SIGTERM.
    /// </summary>
    Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping);
}
