using System.CommandLine;

namespace RotationMesh.Cli.Options;

/// <summary>Options of every verb. Each may be given as an environment variable <c>ROTATIONMESH_…</c> instead.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Config = new("--config")
    {
        Description = "The rotation map (ROTATIONMESH_CONFIG)",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => FromEnvironment("CONFIG") ?? "rotation.yaml",
    };

    public static readonly Option<string?> EnvFile = new("--env-file")
    {
        Description = "A dotenv file with keys and connection strings (ROTATIONMESH_ENV_FILE)",
        HelpName = "FILE",
        Recursive = true,
        DefaultValueFactory = _ => FromEnvironment("ENV_FILE"),
    };

    public static readonly Option<string?> Server = new("--server")
    {
        Description =
            "Ask the coordinator at this address, with the token in ROTATIONMESH_TOKEN or ROTATIONMESH_TOKEN_FILE, "
            + "instead of working here (ROTATIONMESH_SERVER)",
        HelpName = "URL",
        Recursive = true,
        DefaultValueFactory = _ => FromEnvironment("SERVER"),
    };

    public static readonly Option<string> Output = OutputOption();

    /// <summary>The value of <see cref="Output"/> that asks for one JSON document.</summary>
    public const string Json = "json";

    private static Option<string> OutputOption()
    {
        var option = new Option<string>("--output")
        {
            Description = "What standard output holds: text, or one JSON document (ROTATIONMESH_OUTPUT)",
            HelpName = "text|json",
            Recursive = true,
            CompletionSources = { "text", Json },
            DefaultValueFactory = _ => FromEnvironment("OUTPUT") ?? "text",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ("text" or Json))
                result.AddError("--output (or ROTATIONMESH_OUTPUT) is neither text nor json");
        });
        return option;
    }

    private static string? FromEnvironment(string name)
    {
        var value = EnvironmentVariables.Get($"ROTATIONMESH_{name}");
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
