using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Saga;

/// <summary>The vocabulary of the state machine: its conditions, and its reactions to messages.</summary>
internal static class RotationVerbs
{
    public static bool LostIn(this SagaConsumeContext<Rotation> c, State? state) =>
        c.Saga.GateLostIn == state?.Name;

    public static bool PausedIn(this SagaConsumeContext<Rotation> c, State state) =>
        c.Saga.PausedIn == state.Name;

    /// <summary>True where nothing is dispatched any more: workers may be resumed, which loses their gate.</summary>
    public static bool IsVerified(this SagaConsumeContext<Rotation> c) =>
        c.Saga.State == RotationState.Verifying && c.Saga.VerifiedSweep == c.Saga.Sweep;

    public static bool IsThisSweep(this SagaConsumeContext<Rotation> c, int sweep) => c.Saga.Sweep == sweep;

    public static bool LeavesRows(this BehaviorContext<Rotation, RowsCounted> c) =>
        c.Saga.Counted() is { PendingRows: > 0 } && c.Saga.IdleSweeps < Sweeps.MaxIdle;

    public static bool CannotTell(this BehaviorContext<Rotation, RowsCounted> c) =>
        c.Saga.Counted() is { Uncounted: not null } && !c.LeavesRows();

    public static bool IsOver(this BehaviorContext<Rotation, RowsCounted> c) =>
        c.Saga.Counted() is { Uncounted: null } && !c.LeavesRows();

    /// <summary>Whether census and totals, both kept with the rotation, show that all is counted and done.</summary>
    public static bool IsClean(this BehaviorContext<Rotation, RotationConcluded> c) =>
        c.Saga.Closing()?.IsClean() == true
        && c.Saga.Counted() is { Uncounted: null, OpenWriters: null, PendingRows: 0 };

    public static bool IsFlawed(this BehaviorContext<Rotation, RotationConcluded> c) =>
        c.HasTotals() && !c.IsClean();

    public static bool HasTotals(this BehaviorContext<Rotation, RotationConcluded> c) =>
        c.Saga.Closing() is not null;

    public static string PausedBy(this PauseRotation message) =>
        $"{RunningRotation.PausedBy}{message.RequestedBy}";

    public static string CancelledBy(this CancelRotation message) => $"cancelled by {message.RequestedBy}";

    public static EventActivityBinder<Rotation, StartRotation> FillIn(
        this EventActivityBinder<Rotation, StartRotation> on
    ) => on.Then(c => c.Saga.FillIn(c.Message));

    /// <summary>Goes to the state and sends its command.</summary>
    public static EventActivityBinder<Rotation, T> Enter<T>(
        this EventActivityBinder<Rotation, T> on,
        State state
    )
        where T : class => on.TransitionTo(state).SendCommand();

    /// <summary>Sends the state's command, if it has one.</summary>
    public static EventActivityBinder<Rotation, T> SendCommand<T>(this EventActivityBinder<Rotation, T> on)
        where T : class =>
        on.ThenAsync(c =>
            c.Saga.Command() is var (queue, command) ? c.SendLaterAsync(queue, command) : Task.CompletedTask
        );

    public static EventActivityBinder<Rotation, T> Note<T>(
        this EventActivityBinder<Rotation, T> on,
        Func<T, string?> reason
    )
        where T : class => on.Then(c => c.Saga.Reason = reason(c.Message));

    public static EventActivityBinder<Rotation, T> NextSweep<T>(this EventActivityBinder<Rotation, T> on)
        where T : class =>
        on.Then(c => c.Saga.NextSweep(c.Message is RowsCounted ? c.Saga.Counted()?.PendingRows : null));

    public static EventActivityBinder<Rotation, RowsCounted> NoteUncounted(
        this EventActivityBinder<Rotation, RowsCounted> on
    ) => on.Then(c => c.Saga.Reason = c.Saga.Counted()?.Uncounted);

    public static EventActivityBinder<Rotation, RowsCounted> NoteGivenUp(
        this EventActivityBinder<Rotation, RowsCounted> on
    ) => on.Then(c => c.Saga.Reason = c.Saga.Counted()?.GivenUp);

    public static EventActivityBinder<Rotation, SweepSettled> NoteSettled(
        this EventActivityBinder<Rotation, SweepSettled> on
    ) => on.Then(c => c.Saga.SettledSweep = c.Message.Sweep);

    public static EventActivityBinder<Rotation, VerificationSettled> NoteVerified(
        this EventActivityBinder<Rotation, VerificationSettled> on
    ) => on.Then(c => c.Saga.VerifiedSweep = c.Message.Sweep);

    public static EventActivityBinder<Rotation, GateLost> LoseGate(
        this EventActivityBinder<Rotation, GateLost> on
    ) => on.Then(c => (c.Saga.GateLostIn, c.Saga.Reason) = (c.Saga.State, c.Message.Reason));

    public static EventActivityBinder<Rotation, T> GoOn<T>(this EventActivityBinder<Rotation, T> on)
        where T : class => on.Then(c => (c.Saga.GateLostIn, c.Saga.Reason) = (null, null));

    public static EventActivityBinder<Rotation, T> Pause<T>(
        this EventActivityBinder<Rotation, T> on,
        Func<T, string> reason
    )
        where T : class => on.Then(c => (c.Saga.PausedIn, c.Saga.Reason) = (c.Saga.State, reason(c.Message)));

    /// <summary>Pauses, and turns the breaker off: an operator who resumes has seen it.</summary>
    public static EventActivityBinder<Rotation, BreakerTripped> Trip(
        this EventActivityBinder<Rotation, BreakerTripped> on
    ) =>
        on.Then(c =>
            (c.Saga.PausedIn, c.Saga.Reason, c.Saga.BreakerOff) = (c.Saga.State, c.Message.Reason, true)
        );

    public static EventActivityBinder<Rotation, T> Resume<T>(this EventActivityBinder<Rotation, T> on)
        where T : class => on.Then(c => (c.Saga.PausedIn, c.Saga.Reason) = (null, null));

    public static EventActivityBinder<Rotation, RetryRotation> StartOver(
        this EventActivityBinder<Rotation, RetryRotation> on
    ) => on.Then(c => c.Saga.StartOver(c.Message));

    /// <summary>Ends with the reason of the totals, or of the last census; the reason for a stall is dropped.</summary>
    public static EventActivityBinder<Rotation, RotationConcluded> Conclude(
        this EventActivityBinder<Rotation, RotationConcluded> on
    ) =>
        on.Then(c =>
            (c.Saga.Concluded, c.Saga.Reason) = (true, c.Saga.Closing()?.Reason ?? c.Saga.Counted()?.GivenUp)
        );

    /// <summary>Adds what it waits for, in a second line, to who cancelled it.</summary>
    public static EventActivityBinder<Rotation, RotationStalled> NoteAwaited(
        this EventActivityBinder<Rotation, RotationStalled> on
    ) => on.Then(c => c.Saga.Reason = $"{c.Saga.WhoCancelled()}\n{c.Message.Reason}");

    /// <summary>Records that the totals are written, and keeps who cancelled the rotation.</summary>
    public static EventActivityBinder<Rotation, RotationConcluded> ConcludeCancelled(
        this EventActivityBinder<Rotation, RotationConcluded> on
    ) =>
        on.Then(c =>
            (c.Saga.Concluded, c.Saga.Reason) = (true, c.Saga.Closing()?.Reason ?? c.Saga.WhoCancelled())
        );

    private static string? WhoCancelled(this Rotation rotation) => rotation.Reason?.Split('\n')[0];
}
