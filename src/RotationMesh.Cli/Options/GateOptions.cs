using System.CommandLine;
using System.CommandLine.Parsing;
using RotationMesh.Gates.Snapshots;
using RotationMesh.Operations;

namespace RotationMesh.Cli.Options;

/// <summary>The options for the gates of a rotation.</summary>
internal sealed class GateOptions
{
    private readonly Option<bool> pauseWorkers = new("--pause-workers")
    {
        Description = "Pause the application's queues first; resume them when the rotation has been verified",
    };

    private readonly Option<string[]> ignoreGate = new("--ignore-gate")
    {
        Description = "Go on although this gate does not hold (repeatable); needs --reason",
        HelpName = "NAME",
    };

    private readonly Option<string?> reason = new("--reason")
    {
        Description = "Why gates are ignored; it is recorded",
        HelpName = "TEXT",
    };

    private readonly Option<DateTimeOffset?> snapshotTakenAt = new("--snapshot-taken-at")
    {
        Description = "When the newest snapshot was taken, such as 2026-11-24T01:00:00Z; it is recorded",
        HelpName = "TIME",
        CustomParser = Time,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(pauseWorkers);
        command.Options.Add(ignoreGate);
        command.Options.Add(reason);
        command.Options.Add(snapshotTakenAt);
        command.Validators.Add(Check);
    }

    /// <summary>Returns the order with the values of these options.</summary>
    public RotationOrder Read(ParseResult parsed, RotationOrder order) =>
        order with
        {
            PauseWorkers = parsed.GetValue(pauseWorkers),
            IgnoredGates =
            [
                .. (parsed.GetValue(ignoreGate) ?? []).Select(gate => new GateOverride(
                    gate,
                    parsed.GetValue(reason) ?? ""
                )),
            ],
            SnapshotTakenAt = parsed.GetValue(snapshotTakenAt),
        };

    private void Check(CommandResult result)
    {
        var gates = result.GetResult(ignoreGate) is not null;
        var said = result.GetResult(reason) is not null;
        if (gates && !said)
            result.AddError("--ignore-gate needs --reason TEXT, which is recorded");
        if (said && !gates)
            result.AddError("--reason says why a gate is ignored: name the gate with --ignore-gate");
    }

    private static DateTimeOffset? Time(ArgumentResult result)
    {
        if (SnapshotTime.Parse(result.Tokens[0].Value) is { } time)
            return time;
        result.AddError(
            "--snapshot-taken-at is not a time with its zone, such as 2026-11-24T01:00:00Z, nor seconds since 1970"
        );
        return null;
    }
}
