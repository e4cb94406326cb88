using System.CommandLine;

namespace RotationMesh.Coordinator;

/// <summary>What a coordinator has beside the options of every service.</summary>
internal static class CoordinatorOption
{
    public static readonly Option<string?> TokensFile = new("--tokens-file")
    {
        Description =
            "Who may ask over HTTP: lines of name, viewer or operator, and the token's hash, as rotationmesh token "
            + "generate prints them; needed beyond loopback (ROTATIONMESH_TOKENS_FILE)",
        HelpName = "FILE",
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable("ROTATIONMESH_TOKENS_FILE") is { Length: > 0 } file
                ? file
                : null,
    };
}
