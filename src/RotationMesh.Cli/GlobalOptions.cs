using System.CommandLine;

namespace RotationMesh.Cli;

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

    public static readonly Option<OutputFormat> Output = new("--output")
    {
        Description = "What standard output holds: text, or one JSON document (ROTATIONMESH_OUTPUT)",
        HelpName = "text|json",
        Recursive = true,
        DefaultValueFactory = result =>
        {
            if (FromEnvironment("OUTPUT") is not { } value)
                return OutputFormat.Text;
            if (
                Enum.TryParse<OutputFormat>(value, ignoreCase: true, out var format) && Enum.IsDefined(format)
            )
                return format;
            result.AddError("ROTATIONMESH_OUTPUT is neither text nor json");
            return OutputFormat.Text;
        },
    };

    private static string? FromEnvironment(string name)
    {
        var value = Environment.GetEnvironmentVariable($"ROTATIONMESH_{name}");
        return string.IsNullOrEmpty(value) ? null : value;
    }
}

/// <summary>What standard output holds.</summary>
internal enum OutputFormat
{
    Text,
    Json,
}
