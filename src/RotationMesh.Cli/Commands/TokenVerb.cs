using System.CommandLine;
using RotationMesh.Cli.Output;
using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Cli.Commands;

/// <summary><c>token generate</c>: makes a token for the coordinator's HTTP interface.</summary>
internal sealed class TokenVerb : IVerb
{
    private readonly Option<string> name = new("--name")
    {
        Description = "Who holds it, as the audit log shows it",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string> role = new Option<string>("--role")
    {
        Description = "viewer may look; operator may start and steer rotations as well",
        HelpName = "viewer|operator",
        Required = true,
    }.AcceptOnlyFromAmong("viewer", "operator");

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var generate = new Command(
            "generate",
            "Print a new token to standard output, and its line for the tokens file to standard error"
        )
        {
            name,
            role,
        };
        generate.SetAction(parsed => Generate(parsed, terminal(parsed)));
        return new Command("token", "Tokens of the coordinator's HTTP interface") { generate };
    }

    private int Generate(ParseResult parsed, Terminal terminal)
    {
        var holder = parsed.GetValue(name)!;
        if (!BearerToken.IsName(holder))
            throw new UsageException(
                $"--name must be 1 to {BearerToken.LongestName} characters without spaces, and not begin with #"
            );
        var token = BearerToken.Create();
        var line = BearerToken.Line(holder, parsed.GetValue(role)!, token);
        terminal.Progress.Line("The coordinator knows the token by this line of its --tokens-file:");
        terminal.Progress.Line(line);
        if (terminal.IsJson)
            terminal.WriteJson(new { token, line });
        else
        {
            terminal.Progress.Line(
                "The token itself is shown this once; its holder sets ROTATIONMESH_TOKEN to it:"
            );
            terminal.Tables.Line(token);
        }

        return ExitCodes.Success;
    }
}
