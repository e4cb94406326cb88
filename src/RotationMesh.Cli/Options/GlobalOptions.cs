using System.CommandLine;

namespace RotationMesh.Cli.Options;

/// <summary>Options of every verb. Each may be given as an environment variable <c>ROTATIONMESH_…</c> instead.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Config = new("--config")
    {
        Description = $"The rotation map ({ProgramVariable.Config})",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => ProgramVariable.Config.Value ?? "rotation.yaml",
    };

    public static readonly Option<string?> EnvFile = new("--env-file")
    {
        Description = $"A dotenv file with keys and connection strings ({ProgramVariable.EnvFile})",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => ProgramVariable.EnvFile.Value,
    };

    public static readonly Option<string?> Server = new("--server")
    {
        Description =
            $"Ask the coordinator at this address, with the token in {ProgramVariable.Token} or {ProgramVariable.TokenFile}, "
            + $"instead of working here ({ProgramVariable.Server})",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => ProgramVariable.Server.Value,
    };

    public static readonly Option<string> Output = OutputOption();

    /// <summary>The value of <see cref="Output"/> that asks for one JSON document.</summary>
    public const string Json = "json";

    private static Option<string> OutputOption()
    {
        var option = new Option<string>("--output")
        {
            Description =
                $"What standard output holds: text, or one JSON document ({ProgramVariable.Output})",
            HelpName = "text|json",
            Recursive = true,
            CompletionSources = { "text", Json },
            DefaultValueFactory = _ => ProgramVariable.Output.Value ?? "text",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("text" or Json))
                result.AddError($"--output (or {ProgramVariable.Output}) is neither text nor json");
        });
        return option;
    }
}
