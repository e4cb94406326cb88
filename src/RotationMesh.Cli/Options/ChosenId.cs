using System.CommandLine;

namespace RotationMesh.Cli.Options;

/// <summary>The option by which the caller chooses the id of a rotation, so that asking twice starts one.</summary>
internal static class ChosenId
{
    /// <summary>Creates the option for a verb.</summary>
    public static Option<Guid?> Option() =>
        new("--id")
        {
            Description =
                "With a coordinator: the id of the rotation, a UUID of your own; where one of the same rows and version has it already, that one is followed",
            HelpName = "UUID",
            CustomParser = result =>
            {
                if (Guid.TryParse(result.Tokens[0].Value, out var id) && id != Guid.Empty)
                    return id;
                result.AddError("--id is not a UUID");
                return null;
            },
        };
}
