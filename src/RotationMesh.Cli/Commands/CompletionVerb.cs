using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Shells;
using RotationMesh.Cli.Tree;

namespace RotationMesh.Cli.Commands;

/// <summary><c>completion</c>: a script by which a shell completes command lines without starting the program.</summary>
internal sealed class CompletionVerb : IVerb
{
    private static readonly Dictionary<string, Func<VerbNode, string>> Scripts = new()
    {
        ["bash"] = BashScript.Of,
        ["zsh"] = ZshScript.Of,
        ["fish"] = FishScript.Of,
    };

    private readonly Argument<string> shell = new("SHELL") { Description = "The shell: bash, zsh or fish" };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        shell.CompletionSources.Add([.. Scripts.Keys]);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Scripts.ContainsKey(token.Value))
                result.AddError($"'{token.Value}' is none of {string.Join(", ", Scripts.Keys)}");
        });
        var command = new Command("completion", "Print a script that completes this program's command lines")
        {
            shell,
        };
        command.SetAction(parsed => Write(parsed, terminal(parsed)));
        return command;
    }

    private int Write(ParseResult parsed, Terminal terminal)
    {
        var name = parsed.GetValue(shell)!;
        var script = Scripts[name](VerbNode.Of(parsed.RootCommandResult.Command));
        if (terminal.IsJson)
            terminal.WriteJson(new { shell = name, script });
        else
            parsed.InvocationConfiguration.Output.Write(script);
        return ExitCodes.Success;
    }
}
