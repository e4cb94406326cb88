using System.Linq.Expressions;
using MassTransit;
using RotationMesh.Contracts;

namespace RotationMesh.Mesh.Saga;

/// <summary>
/// A rotation from its start to its end, as the diagram in ARCHITECTURE.md shows it. Entering a state sends the state's
/// command; whatever may have been sent before without leaving sends it again, and so does every nudge.
/// </summary>
public sealed class RotationStateMachine : MassTransitStateMachine<Rotation>
{
    public RotationStateMachine()
    {
        On(() => Started, m => m.RotationId);
        On(() => Checked, m => m.RotationId);
        On(() => Rejected, m => m.RotationId);
        On(() => GatesHolding, m => m.RotationId);
        On(() => GateIsLost, m => m.RotationId);
        On(() => Planned, m => m.RotationId);
        On(() => SweepDone, m => m.RotationId);
        On(() => Counted, m => m.RotationId);
        On(() => VerifyPlanned, m => m.RotationId);
        On(() => VerifyDone, m => m.RotationId);
        On(() => Concluded, m => m.RotationId);
        On(() => CameLate, m => m.RotationId);
        On(() => HeldUp, m => m.RotationId);
        On(() => BreakerOpen, m => m.RotationId);
        On(() => TargetClosed, m => m.RotationId);
        On(() => PatienceOver, m => m.RotationId);
        On(() => Nudged, m => m.RotationId);
        On(() => PauseAsked, m => m.RotationId);
        On(() => ResumeAsked, m => m.RotationId);
        On(() => CancelAsked, m => m.RotationId);
        On(() => RetryAsked, m => m.RotationId);
        InstanceState(x => x.State);
        var running = new[] { Checking, AwaitingGates, Planning, Rotating, Verifying };

        Initially(When(Started).FillIn().Enter(Checking));

        During(
            Checking,
            When(Checked).Note(_ => null).Enter(AwaitingGates),
            When(Rejected).Note(m => m.Reason).Enter(Faulted)
        );

        During(
            AwaitingGates,
            When(Checked).SendCommand(),
            When(GateIsLost).Note(m => m.Reason),
            When(GatesHolding, c => c.LostIn(null)).NextSweep().Enter(Planning),
            When(GatesHolding, c => c.LostIn(Planning)).GoOn().Enter(Planning),
            When(GatesHolding, c => c.LostIn(Rotating)).GoOn().Enter(Rotating),
            When(GatesHolding, c => c.LostIn(Verifying)).GoOn().Enter(Verifying)
        );

        During(
            Planning,
            When(Counted).SendCommand(),
            When(Planned, c => c.IsThisSweep(c.Message.Sweep)).Enter(Rotating),
            When(SweepDone, c => c.IsThisSweep(c.Message.Sweep)).NoteSettled().Enter(Rotating)
        );

        During(
            Rotating,
            When(SweepDone, c => c.IsThisSweep(c.Message.Sweep)).NoteSettled().SendCommand(),
            When(Counted, c => c.LeavesRows()).NextSweep().Enter(Planning),
            When(Counted, c => c.CannotTell()).NoteUncounted(),
            When(Counted, c => c.IsOver()).NoteGivenUp().Enter(Verifying)
        );

        During(
            Verifying,
            When(Counted).SendCommand(),
            When(VerifyDone, c => c.IsThisSweep(c.Message.Sweep)).NoteVerified().SendCommand(),
            When(CameLate, c => c.IsThisSweep(c.Message.Sweep)).Enter(Rotating),
            When(Concluded, c => c.IsClean())
                .Conclude()
                .Note(_ => null) // of what was given up nothing is left
                .Enter(Completed),
            When(Concluded, c => c.IsFlawed()).Conclude().Enter(CompletedWithFailures)
        );

        During(
            [Planning, Rotating, Verifying],
            When(GatesHolding).SendCommand(),
            When(GateIsLost, c => !c.IsVerified()).LoseGate().Enter(AwaitingGates),
            When(BreakerOpen, c => !c.Saga.BreakerOff).Trip().Enter(Paused),
            When(TargetClosed).Pause(m => m.Reason).Enter(Paused),
            When(PatienceOver).Pause(m => m.Reason).Enter(Paused)
        );

        During(
            running,
            When(Started).SendCommand(),
            When(Nudged).SendCommand(),
            When(ResumeAsked).SendCommand(),
            When(RetryAsked).SendCommand(),
            When(HeldUp).Note(m => m.Reason),
            When(PauseAsked).Pause(m => $"paused by {m.RequestedBy}").Enter(Paused),
            When(CancelAsked).Note(m => m.CancelledBy()).Enter(Cancelled)
        );

        foreach (var state in running)
            During(Paused, When(ResumeAsked, c => c.PausedIn(state)).Resume().Enter(state));
        During(Paused, When(CancelAsked).Resume().Note(m => m.CancelledBy()).Enter(Cancelled));

        During(
            Cancelled,
            When(Nudged).SendCommand(),
            When(CancelAsked).SendCommand(),
            When(HeldUp).NoteAwaited(),
            When(Concluded, c => c.HasTotals()).ConcludeCancelled()
        );

        During([CompletedWithFailures, Faulted], When(RetryAsked).StartOver().Enter(Checking));

        // The rest belongs to steps that are behind, or not yet reached: its messages have left, or it is told again.
        IgnoreTheRest(Checking, AwaitingGates, Planning, Rotating, Verifying);
        // Nothing is lost while paused: resuming sends the command of the state again, and the answers come again.
        IgnoreTheRest(Paused);
        // What has ended stays as it is; late results still reach the ledger.
        IgnoreTheRest(Cancelled, Faulted, Completed, CompletedWithFailures);
    }

    public State Checking { get; private set; } = null!;
    public State AwaitingGates { get; private set; } = null!;
    public State Planning { get; private set; } = null!;
    public State Rotating { get; private set; } = null!;
    public State Verifying { get; private set; } = null!;
    public State Paused { get; private set; } = null!;
    public State Cancelled { get; private set; } = null!;
    public State Faulted { get; private set; } = null!;
    public State Completed { get; private set; } = null!;
    public State CompletedWithFailures { get; private set; } = null!;

    public Event<StartRotation> Started { get; private set; } = null!;
    public Event<RotationChecked> Checked { get; private set; } = null!;
    public Event<RotationRejected> Rejected { get; private set; } = null!;
    public Event<GatesHold> GatesHolding { get; private set; } = null!;
    public Event<GateLost> GateIsLost { get; private set; } = null!;
    public Event<RotationPlanned> Planned { get; private set; } = null!;
    public Event<SweepSettled> SweepDone { get; private set; } = null!;
    public Event<RowsCounted> Counted { get; private set; } = null!;
    public Event<VerificationPlanned> VerifyPlanned { get; private set; } = null!;
    public Event<VerificationSettled> VerifyDone { get; private set; } = null!;
    public Event<RotationConcluded> Concluded { get; private set; } = null!;
    public Event<RowsCameLate> CameLate { get; private set; } = null!;
    public Event<RotationHeldUp> HeldUp { get; private set; } = null!;
    public Event<BreakerTripped> BreakerOpen { get; private set; } = null!;
    public Event<TargetVersionClosed> TargetClosed { get; private set; } = null!;
    public Event<PatienceEnded> PatienceOver { get; private set; } = null!;
    public Event<NudgeRotation> Nudged { get; private set; } = null!;
    public Event<PauseRotation> PauseAsked { get; private set; } = null!;
    public Event<ResumeRotation> ResumeAsked { get; private set; } = null!;
    public Event<CancelRotation> CancelAsked { get; private set; } = null!;
    public Event<RetryRotation> RetryAsked { get; private set; } = null!;

    // Every event by the rotation's id; of a rotation that is not there nothing is to be told.
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
