using System.CommandLine;
using RotationMesh.Coordination;
using RotationMesh.Core;

namespace RotationMesh.Cli.Sessions;

/// <summary>The option for how long an embedded rotation waits for a table or column that is gone.</summary>
internal static class PatienceOption
{
    public static Option<TimeSpan?> Build()
    {
        var option = new Option<TimeSpan?>("--patience")
        {
            Description =
                "Longest wait for a table or column of the map that is gone, before the rotation is paused (default: 10m); with a "
                + "coordinator it is the coordinator's option",
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (Durations.Parse(result.Tokens[0].Value) is { } patience)
                    return patience;
                result.AddError($"--patience is no length of time: {Durations.Form}");
                return null;
            },
        };
        return option;
    }

    /// <summary>
    /// Returns the given time, or the default. Throws <see cref="UsageException"/> if it was given, but a coordinator runs
    /// the rotation.
    /// </summary>
    public static TimeSpan Read(ParseResult parsed, Option<TimeSpan?> option, Session? session) =>
        parsed.GetValue(option) is not { } given ? new CoordinatorOptions().Patience
        : session is not null ? given
        : throw new UsageException("--patience is an option of the coordinator where one runs the rotation");
}
