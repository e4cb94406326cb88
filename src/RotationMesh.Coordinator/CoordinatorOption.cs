using System.CommandLine;
using RotationMesh.Coordination;
using RotationMesh.Core;
using RotationMesh.Hosting;

namespace RotationMesh.Coordinator;

/// <summary>The options that only a coordinator has.</summary>
internal static class CoordinatorOption
{
    public static readonly Option<string?> TokensFile = new("--tokens-file")
    {
        Description =
            "Who may ask over HTTP: lines of name, viewer or operator, and the token's hash, as rotationmesh token "
            + $"generate prints them; needed beyond loopback ({ProgramVariable.TokensFile})",
        HelpName = "FILE",
        DefaultValueFactory = _ => ProgramVariable.TokensFile.Value,
    };

    public static readonly Option<TimeSpan> Patience = BuildPatience();

    private static Option<TimeSpan> BuildPatience()
    {
        var option = new Option<TimeSpan>("--patience")
        {
            Description =
                "Longest wait for a table or column of the map that is gone, before the rotation is paused (default: 10m) "
                + $"({ProgramVariable.Patience})",
            HelpName = "TIME",
            DefaultValueFactory = _ =>
                ProgramVariable.Patience.Value is { } text
                    ? Durations.Parse(text) ?? TimeSpan.Zero
                    : new CoordinatorOptions().Patience,
            CustomParser = result => Durations.Parse(result.Tokens[0].Value) ?? TimeSpan.Zero,
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan>() <= TimeSpan.Zero)
                result.AddError(
                    $"--patience (or {ProgramVariable.Patience}) is no length of time: {Durations.Form}"
                );
        });
        return option;
    }
}
