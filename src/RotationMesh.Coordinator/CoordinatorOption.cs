using System.CommandLine;
using RotationMesh.Coordination;
using RotationMesh.Core;

namespace RotationMesh.Coordinator;

/// <summary>The options that only a coordinator has.</summary>
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

    private const string PatienceVariable = "ROTATIONMESH_PATIENCE";

    public static readonly Option<TimeSpan> Patience = BuildPatience();

    private static Option<TimeSpan> BuildPatience()
    {
        var option = new Option<TimeSpan>("--patience")
        {
            Description =
                "Longest wait for a table or column of the map that is gone, before the rotation is paused (default: 10m) "
                + $"({PatienceVariable})",
            HelpName = "TIME",
            DefaultValueFactory = _ =>
                Environment.GetEnvironmentVariable(PatienceVariable) is { Length: > 0 } text
                    ? Durations.Parse(text) ?? TimeSpan.Zero
                    : new CoordinatorOptions().Patience,
            CustomParser = result => Durations.Parse(result.Tokens[0].Value) ?? TimeSpan.Zero,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan>() <= TimeSpan.Zero)
                result.AddError($"--patience (or {PatienceVariable}) is no length of time: {Durations.Form}");
        });
        return option;
    }
}
