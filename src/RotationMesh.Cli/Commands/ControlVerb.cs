using System.CommandLine;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Sessions;
using RotationMesh.Coordination;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Cli.Commands;

/// <summary><c>pause</c>, <c>resume</c>, <c>cancel</c> and <c>retry</c>.</summary>
internal sealed class ControlVerb(ControlAction action, string description) : IVerb
{
    private readonly Argument<string?> id = RotationId.Argument();

    private readonly Option<string[]> tenant = new("--tenant")
    {
        Description = "Only failures of this tenant (repeatable)",
        HelpName = "T",
    };

    private readonly Option<string[]> scope = new("--scope", "--only")
    {
        Description = "Only failures of this scope (repeatable)",
        HelpName = "S",
    };

    private readonly Option<string[]> error = new("--error")
    {
        Description = "Only failures of this error class (repeatable)",
        HelpName = "CLASS",
    };

    private readonly Option<TimeSpan?> patience = PatienceOption.Build();

    private bool GoesOn => action is ControlAction.Resume or ControlAction.Retry;

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command(action.ToString().ToLowerInvariant(), description) { id };
        if (action == ControlAction.Retry)
        {
            command.Options.Add(tenant);
            command.Options.Add(scope);
            command.Options.Add(error);
        }

        if (GoesOn)
            command.Options.Add(patience);
        command.SetAction((parsed, _) => RunAsync(parsed, terminal(parsed), stopping));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken stopping)
    {
        await using var operations = new OperationsSource(parsed, terminal, changes: true);
        if (operations.Here is { } here)
            here.WaitsForLocks = here.PrimaryOnly = true;
        var waits = GoesOn
            ? PatienceOption.Read(parsed, patience, operations.Here)
            : new CoordinatorOptions().Patience;
        var order = new ControlOrder
        {
            Action = action,
            Scopes = action == ControlAction.Retry ? parsed.GetValue(scope) ?? [] : [],
            Tenants = action == ControlAction.Retry ? parsed.GetValue(tenant) ?? [] : [],
            Errors = action == ControlAction.Retry ? parsed.GetValue(error) ?? [] : [],
            RequestedBy = Operator.Name,
        };
        var which = RotationId.Read(parsed, id); // null: the latest
        var rotation =
            await ControlHereAsync(operations.Here, which, order, waits, terminal, stopping)
            ?? await ControlThereAsync(operations.Rotations, which, order, terminal, stopping);
        RotationView.ShowEnd(terminal, rotation);
        if (rotation.Unheard)
        {
            terminal.Progress.Line(
                $"{action} is asked for, and nobody has heard of it: no coordinator runs, or none reaches its broker. It takes effect "
                    + "once one does, within a day; status shows it where it was too old by then"
            );
            return ExitCodes.Unreachable;
        }

        return GoesOn ? RotationExit.CodeOf(rotation) : ExitCodes.Success;
    }

    // Takes over an embedded rotation whose process is gone; null where there is none to take over.
    private static async Task<RotationDocument?> ControlHereAsync(
        Session? session,
        Guid? rotationId,
        ControlOrder order,
        TimeSpan waits,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        if (
            session is null
            || await session.Rotations.FindRunningAsync(rotationId, stopping)
                is not { Embedded: true } rotation
        )
            return null;
        var report = await Following.HereAsync(
            session,
            waits,
            terminal,
            mesh => mesh.TryControlAsync(rotation, order, Environment.ProcessorCount, stopping)
        );
        return report is null
            ? null
            : await session.Rotations.FindAsync(rotation.RotationId, CancellationToken.None);
    }

    private async Task<RotationDocument> ControlThereAsync(
        IRotations rotations,
        Guid? rotationId,
        ControlOrder order,
        Terminal terminal,
        CancellationToken stopping
    )
    {
        var now = await rotations.ControlAsync(rotationId, order, stopping);
        return GoesOn && !now.Unheard
            ? RotationExit.Unfaulted(
                await Following.ToTheEndAsync(rotations, now.RotationId, terminal, stopping)
            )
            : now;
    }
}
