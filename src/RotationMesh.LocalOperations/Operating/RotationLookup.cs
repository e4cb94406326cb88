using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Requests;
using RotationMesh.Operations;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>
/// Finds which rotation an operator means, be it a start that no coordinator has begun: it waits, or was refused.
/// </summary>
internal sealed class RotationLookup(ControlDatabase control)
{
    /// <summary>Most rotations in a list, and most starts: years of them.</summary>
    private const int Listed = 1000;

    private readonly RunningRotations rotations = new(control);
    private readonly RequestStore requests = new(control);

    /// <summary>Finds a rotation that has begun, or the latest one; null where there is none.</summary>
    public async Task<RunningRotation?> FindBegunAsync(Guid? rotationId, CancellationToken cancellationToken)
    {
        if (!await control.HasCurrentRecordsAsync(cancellationToken))
            return null;
        return rotationId is { } id
            ? await rotations.FindAsync(id, cancellationToken)
            : await LatestAsync(cancellationToken);
    }

    /// <summary>
    /// Finds a rotation, or the latest one. Where that id has a start alone, or where a start was asked for after the latest
    /// rotation began, it finds the start too, refused or not: whoever asks for the latest means what was asked for last.
    /// </summary>
    public async Task<(RotationDemand? Start, RunningRotation? Rotation)> FindAsync(
        Guid? rotationId,
        CancellationToken cancellationToken
    )
    {
        if (!await control.HasCurrentRecordsAsync(cancellationToken))
            return (null, null);
        if (rotationId is { } id)
        {
            var found = await rotations.FindAsync(id, cancellationToken);
            return (found is null ? await requests.FindStartAsync(id, cancellationToken) : null, found);
        }

        // Read before the rotations: a start that begins meanwhile is the latest of them then.
        var start = await requests.FindUnbegunStartAsync(cancellationToken);
        var latest = await LatestAsync(cancellationToken);
        var isLater =
            start is not null
            && (
                latest is null
                || (start.RotationId != latest.RotationId && start.RequestedAt >= latest.StartedAt)
            );
        return (isLater ? start : null, latest);
    }

    /// <summary>
    /// Finds the rotation that is to be controlled. A start that was asked for last is withdrawn for a cancel, and then there
    /// is none; null too where there never was one. Throws <see cref="RotationStateException"/> where something else is asked
    /// of such a start, or where it was refused.
    /// </summary>
    public async Task<(Guid? Withdrawn, RunningRotation? Rotation)> FindControlledAsync(
        Guid? rotationId,
        ControlOrder order,
        RotationRequests asking,
        CancellationToken cancellationToken
    )
    {
        var (start, found) = await FindAsync(rotationId, cancellationToken);
        // Without an id, one that runs is meant rather than one that waits behind it.
        if (start is null || (rotationId is null && found is { EndedAt: null }))
            return (null, found);
        if (start.RefusedAt is not null)
            throw ControlRules.NeverBegan(start);
        if (await asking.WithdrawAsync(start.RotationId, order, cancellationToken))
            return (start.RotationId, null);
        var begun = await rotations.FindAsync(start.RotationId, cancellationToken); // null where it was refused meanwhile
        return (null, begun ?? throw ControlRules.NotBegun(start.RotationId));
    }

    /// <summary>
    /// Returns the rotations that have begun, the latest first, with the number of earlier ones that were left out, and the
    /// starts that have not: those that wait, and those that were refused lately.
    /// </summary>
    public async Task<(
        IReadOnlyList<RotationDemand> Starts,
        IReadOnlyList<RunningRotation> Begun,
        long More
    )> ListAsync(CancellationToken cancellationToken)
    {
        if (!await control.HasCurrentRecordsAsync(cancellationToken))
            return ([], [], 0);
        // Read before the rotations, as above.
        var starts = await requests.ListUnbegunStartsAsync(Listed, cancellationToken);
        var latest = await rotations.LatestAsync(Listed, cancellationToken);
        var more = latest.Count < Listed ? 0 : await rotations.CountAsync(cancellationToken) - latest.Count;
        var begun = latest.Select(rotation => rotation.RotationId).ToHashSet();
        return ([.. starts.Where(start => !begun.Contains(start.RotationId))], latest, more);
    }

    private async Task<RunningRotation?> LatestAsync(CancellationToken cancellationToken) =>
        (await rotations.LatestAsync(1, cancellationToken)).SingleOrDefault();
}
