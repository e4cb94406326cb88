using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Operations;
using RotationMesh.Tables.Rows;

namespace RotationMesh.LocalOperations.Requests;

/// <summary>Which control requests each state allows, and when a request has taken effect.</summary>
public static class ControlRules
{
    /// <summary>Throws <see cref="RotationStateException"/> where the rotation's state does not allow what is asked.</summary>
    public static void EnsureAllowed(RunningRotation rotation, ControlOrder order, RotationMap map)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        ArgumentNullException.ThrowIfNull(order);
        var ended = rotation.EndedAt is not null;
        var fault = order.Action switch
        {
            ControlAction.Retry when !ended => "is not over yet: wait for its end",
            ControlAction.Retry when rotation.State == RotationState.Completed =>
                "is Completed: nothing is left to retry",
            ControlAction.Retry when rotation.State == RotationState.Cancelled =>
                "was cancelled: start a new one",
            ControlAction.Retry => OfAnotherMap(rotation, map),
            // Allowed: the process that ran it may be gone, and its totals are still to be written.
            ControlAction.Cancel when rotation is { State: RotationState.Cancelled, Concluded: false } =>
                null,
            _ when ended => $"has ended: {rotation.State}",
            ControlAction.Resume when rotation.State != RotationState.Paused =>
                $"is not paused: {rotation.State}",
            ControlAction.Resume => OfAnotherMap(rotation, map),
            _ => null,
        };
        if (fault is not null)
            throw new RotationStateException($"rotation {rotation.RotationId} {fault}");
        foreach (var error in order.Errors.Where(error => !Enum.IsDefined(typeof(RowError), error)))
            throw new UsageException(
                $"there is no error class '{error}'.{NearNames.Hint(error, Enum.GetNames<RowError>())}"
            );
        if (order.Scopes.Count > 0)
            _ = ScopeSelection.Choose(map, order.Scopes, []);
    }

    /// <summary>Says that a rotation was asked for, and that no coordinator has begun it.</summary>
    public static RotationStateException NotBegun(Guid rotationId) =>
        new(
            $"rotation {rotationId} has not begun: it is accepted, and waits for a coordinator, as status says. Ask again once it has, or cancel it"
        );

    /// <summary>Says that a rotation was asked for and refused, so that there is nothing to control.</summary>
    public static RotationStateException NeverBegan(RotationDemand start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return new(
            $"rotation {start.RotationId} never began: {start.RefusedFor}. Rotate again, or give the ID of another one"
        );
    }

    // A table that another map leaves out would not be counted, and nobody would miss it.
    private static string? OfAnotherMap(RunningRotation rotation, RotationMap map) =>
        rotation.MapHash == MapHash.Of(map)
            ? null
            : $"can't go on: {Reasons.MapDiffers}. Give it the map that it began with, or cancel it and rotate anew";

    /// <summary>Returns the message to the saga.</summary>
    public static object Command(Guid rotationId, ControlOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.Action switch
        {
            ControlAction.Pause => new PauseRotation(rotationId, order.RequestedBy),
            ControlAction.Resume => new ResumeRotation(rotationId, order.RequestedBy),
            ControlAction.Cancel => new CancelRotation(rotationId, order.RequestedBy),
            ControlAction.Retry => new RetryRotation(
                rotationId,
                order.Scopes.Contains(ScopeSelection.All) ? [] : order.Scopes,
                order.Tenants,
                order.Errors,
                order.RequestedBy
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order.Action, null),
        };
    }

    /// <summary>Whether a request made when the rotation was as <paramref name="before"/> has taken effect <paramref name="now"/>.</summary>
    public static bool HasHeard(RunningRotation before, RunningRotation now, ControlAction action)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        return action switch
        {
            ControlAction.Pause => now.State == RotationState.Paused || now.EndedAt is not null,
            ControlAction.Resume => now.State != RotationState.Paused,
            ControlAction.Cancel => now.EndedAt is not null,
            _ => now.EndedAt != before.EndedAt,
        };
    }
}
