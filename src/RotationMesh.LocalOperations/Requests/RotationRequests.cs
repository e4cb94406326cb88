using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Requests;

/// <summary>Writes the requests of operators into the control database, sealed by the key ring.</summary>
internal sealed class RotationRequests(Func<KeyRing> ring, ControlDatabase control)
{
    /// <summary>Most refused requests in a list.</summary>
    private const int Shown = 5;

    private readonly RequestStore store = new(control);

    /// <summary>Writes the request for a rotation.</summary>
    public Task StartAsync(
        Guid rotationId,
        object start,
        string? traceParent,
        CancellationToken cancellationToken
    ) => store.AddAsync(Demand(rotationId, start, traceParent), cancellationToken);

    /// <summary>
    /// Writes a control request, and returns its number. Throws <see cref="UsageException"/> where there is no key
    /// ring, and <see cref="RotationStateException"/> where the seal of the rotation's record does not hold: such a
    /// rotation can only be cancelled.
    /// </summary>
    public Task<long> ControlAsync(
        RunningRotation rotation,
        ControlOrder order,
        CancellationToken cancellationToken
    )
    {
        var keys = Keys();
        EnsureSound(keys, rotation, order);
        var command = ControlRules.Command(rotation.RotationId, order);
        return store.AddAsync(Demand(rotation.RotationId, command, null), cancellationToken);
    }

    /// <summary>
    /// Withdraws a start that has not begun, for a cancel; like any cancel it needs the keys. False where it has begun or was
    /// refused meanwhile. Throws <see cref="RotationStateException"/> where something else is asked of it.
    /// </summary>
    public Task<bool> WithdrawAsync(Guid rotationId, ControlOrder order, CancellationToken cancellationToken)
    {
        if (order.Action != ControlAction.Cancel)
            throw ControlRules.NotBegun(rotationId);
        _ = Keys();
        return WithdrawnStarts.TryWithdrawAsync(control, rotationId, order.RequestedBy, cancellationToken);
    }

    /// <summary>Throws <see cref="UsageException"/> where a coordinator has refused the request.</summary>
    public async Task EnsureNotRefusedAsync(long request, CancellationToken cancellationToken)
    {
        if (await store.FindRefusalAsync(request, cancellationToken) is { } refusal)
            throw new UsageException($"the coordinator refuses what was asked: {refusal}");
    }

    /// <summary>Lists the newest control requests of a rotation that were refused, the latest first.</summary>
    public async Task<IReadOnlyList<RefusedRequestDocument>> ListRefusedAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        var refused = await store.ListRefusedAsync(rotationId, Shown, cancellationToken);
        return [.. refused.Select(Document)];
    }

    private static void EnsureSound(KeyRing keys, RunningRotation rotation, ControlOrder order)
    {
        if (order.Action != ControlAction.Cancel && !RotationSeals.IsSound(keys, rotation))
            throw new RotationStateException($"rotation {rotation.RotationId}: {RotationSeals.Fault}");
    }

    private static RefusedRequestDocument Document(RefusedRequest request) =>
        new(
            request.Kind.Replace("Rotation", "", StringComparison.Ordinal).ToLowerInvariant(),
            request.RequestedBy,
            request.RequestedAt,
            request.RefusedFor
        );

    private KeyRing Keys()
    {
        try
        {
            return ring();
        }
        catch (UsageException fault)
        {
            throw new UsageException(
                $"what is asked of a rotation is sealed with the current master key. {fault.Message}"
            );
        }
    }

    private RotationDemand Demand(Guid rotationId, object message, string? traceParent) =>
        RequestSeals.Ask(Keys(), rotationId, message, traceParent, DateTimeOffset.UtcNow);
}
