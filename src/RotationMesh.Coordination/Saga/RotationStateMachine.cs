using System.Linq.Expressions;
using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.Coordination.Saga;

/// <summary>
/// Runs a rotation from its start to its end, as the diagram in ARCHITECTURE.md shows it. Entering a state sends the
/// state's command. A repeated event that led into the state sends it again, as it may not have left; so does every
/// nudge.
/// </summary>
public sealed class RotationStateMachine : MassTransitStateMachine<Rotation>
{
    public RotationStateMachine()
    {
        On(() => StartRotation, m => m.RotationId);
        On(() => RotationChecked, m => m.RotationId);
        On(() => RotationRejected, m => m.RotationId);
        On(() => GatesHold, m => m.RotationId);
        On(() => GateLost, m => m.RotationId);
        On(() => RotationPlanned, m => m.RotationId);
        On(() => SweepSettled, m => m.RotationId);
        On(() => RowsCounted, m => m.RotationId);
        On(() => VerificationSettled, m => m.RotationId);
        On(() => RotationConcluded, m => m.RotationId);
        On(() => RowsCameLate, m => m.RotationId);
        On(() => RotationStalled, m => m.RotationId);
        On(() => BreakerTripped, m => m.RotationId);
        On(() => TargetVersionClosed, m => m.RotationId);
        On(() => WaitTimedOut, m => m.RotationId);
        On(() => NudgeRotation, m => m.RotationId);
        On(() => PauseRotation, m => m.RotationId);
        On(() => ResumeRotation, m => m.RotationId);
        On(() => CancelRotation, m => m.RotationId);
        On(() => RetryRotation, m => m.RotationId);
        InstanceState(x => x.State);
        var running = new[] { Checking, AwaitingGates, Planning, Rotating, Verifying };

        Initially(When(StartRotation).FillIn().Enter(Checking));

        During(
            Checking,
            When(RotationChecked).Note(_ => null).Enter(AwaitingGates),
            When(RotationRejected).Note(m => m.Reason).Enter(Faulted)
        );

        During(
            AwaitingGates,
            When(RotationChecked).SendCommand(),
            When(GateLost).Note(m => m.Reason),
            When(GatesHold, c => c.LostIn(null)).GoOn().NextSweep().Enter(Planning),
            When(GatesHold, c => c.LostIn(Planning)).GoOn().Enter(Planning),
            When(GatesHold, c => c.LostIn(Rotating)).GoOn().Enter(Rotating),
            When(GatesHold, c => c.LostIn(Verifying)).GoOn().Enter(Verifying)
        );

        During(
            Planning,
            When(RowsCounted).SendCommand(),
            When(RotationPlanned, c => c.IsThisSweep(c.Message.Sweep)).Enter(Rotating),
            When(SweepSettled, c => c.IsThisSweep(c.Message.Sweep)).NoteSettled().Enter(Rotating)
        );

        During(
            Rotating,
            When(SweepSettled, c => c.IsThisSweep(c.Message.Sweep)).NoteSettled().SendCommand(),
            When(RowsCounted, c => c.LeavesRows()).NextSweep().Enter(Planning),
            When(RowsCounted, c => c.CannotTell()).NoteUncounted(),
            When(RowsCounted, c => c.IsOver()).NoteGivenUp().Enter(Verifying)
        );

        During(
            Verifying,
            When(RowsCounted).SendCommand(),
            When(VerificationSettled, c => c.IsThisSweep(c.Message.Sweep)).NoteVerified().SendCommand(),
            When(RowsCameLate, c => c.IsThisSweep(c.Message.Sweep)).Enter(Rotating),
            When(RotationConcluded, c => c.IsClean())
                .Conclude()
                .Note(_ => null) // nothing is left of what was given up
                .Enter(Completed),
            When(RotationConcluded, c => c.IsFlawed()).Conclude().Enter(CompletedWithFailures)
        );

        During(
            [Planning, Rotating, Verifying],
            When(GatesHold).SendCommand(),
            When(GateLost, c => !c.IsVerified()).LoseGate().Enter(AwaitingGates),
            When(BreakerTripped, c => !c.Saga.BreakerOff).Trip().Enter(Paused),
            When(TargetVersionClosed).Pause(m => m.Reason).Enter(Paused),
            When(WaitTimedOut).Pause(m => m.Reason).Enter(Paused)
        );

        During(
            running,
            When(StartRotation).SendCommand(),
            When(NudgeRotation).SendCommand(),
            When(ResumeRotation).SendCommand(),
            When(RetryRotation).SendCommand(),
            When(RotationStalled).Note(m => m.Reason),
            When(PauseRotation).Pause(m => m.PausedBy()).Enter(Paused),
            When(CancelRotation).Note(m => m.CancelledBy()).Enter(Cancelled)
        );

        foreach (var state in running)
            During(Paused, When(ResumeRotation, c => c.PausedIn(state)).Resume().Enter(state));
        During(Paused, When(CancelRotation).Resume().Note(m => m.CancelledBy()).Enter(Cancelled));

        During(
            Cancelled,
            When(NudgeRotation).SendCommand(),
            When(CancelRotation).SendCommand(),
            When(RotationStalled).NoteAwaited(),
            When(RotationConcluded, c => c.HasTotals()).ConcludeCancelled()
        );

        During([CompletedWithFailures, Faulted], When(RetryRotation).StartOver().Enter(Checking));

        // All other events belong to earlier or later steps: their messages have left, or the events come again.
        IgnoreTheRest(Checking, AwaitingGates, Planning, Rotating, Verifying);
        // Nothing is lost while paused: resuming sends the command of the state again, and the answers come again.
        IgnoreTheRest(Paused);
        // What has ended stays as it is; late results still reach the ledger.
        IgnoreTheRest(Cancelled, Faulted, Completed, CompletedWithFailures);
    }

    public State Checking { get; } = null!;
    public State AwaitingGates { get; } = null!;
    public State Planning { get; } = null!;
    public State Rotating { get; } = null!;
    public State Verifying { get; } = null!;
    public State Paused { get; } = null!;
    public State Cancelled { get; } = null!;
    public State Faulted { get; } = null!;
    public State Completed { get; } = null!;
    public State CompletedWithFailures { get; } = null!;

    public Event<StartRotation> StartRotation { get; } = null!;
    public Event<RotationChecked> RotationChecked { get; } = null!;
    public Event<RotationRejected> RotationRejected { get; } = null!;
    public Event<GatesHold> GatesHold { get; } = null!;
    public Event<GateLost> GateLost { get; } = null!;
    public Event<RotationPlanned> RotationPlanned { get; } = null!;
    public Event<SweepSettled> SweepSettled { get; } = null!;
    public Event<RowsCounted> RowsCounted { get; } = null!;
    public Event<VerificationSettled> VerificationSettled { get; } = null!;
    public Event<RotationConcluded> RotationConcluded { get; } = null!;
    public Event<RowsCameLate> RowsCameLate { get; } = null!;
    public Event<RotationStalled> RotationStalled { get; } = null!;
    public Event<BreakerTripped> BreakerTripped { get; } = null!;
    public Event<TargetVersionClosed> TargetVersionClosed { get; } = null!;
    public Event<WaitTimedOut> WaitTimedOut { get; } = null!;
    public Event<NudgeRotation> NudgeRotation { get; } = null!;
    public Event<PauseRotation> PauseRotation { get; } = null!;
    public Event<ResumeRotation> ResumeRotation { get; } = null!;
    public Event<CancelRotation> CancelRotation { get; } = null!;
    public Event<RetryRotation> RetryRotation { get; } = null!;

    // Correlates every event by the rotation's id, and discards events of a rotation that does not exist.
    private void On<T>(Expression<Func<Event<T>>> heard, Func<T, Guid> rotation)
        where T : class =>
        Event(
            heard,
            e =>
            {
                e.CorrelateById(c => rotation(c.Message));
                e.OnMissingInstance(missing => missing.Discard());
            }
        );

    private void IgnoreTheRest(params IEnumerable<State> states)
    {
        foreach (var state in states)
        foreach (var heard in Events.Except(NextEvents(state)).ToList())
            During(state, Ignore(heard));
    }
}
