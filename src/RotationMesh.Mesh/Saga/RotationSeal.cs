using Microsoft.Extensions.Logging;
using RotationMesh.Contracts;
using RotationMesh.Core.Keys;
using RotationMesh.Engine.Operating;
using RotationMesh.Mesh.Persistence;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Mesh.Saga;

/// <summary>Seals rotations by the key ring. One whose seal does not hold can still be cancelled while it is not over, which writes no row.</summary>
internal sealed class RotationSeal(KeyRing ring, ILogger<RotationSeal> log) : ISagaSeal<Rotation>
{
    /// <inheritdoc/>
    public void Seal(Rotation saga) => saga.Seal = RotationSeals.SealOf(ring, Facts(saga));

    /// <summary>Census and totals have seals of their own, for they are written beside the saga: without one they count as missing.</summary>
    public bool Holds(Rotation saga, object message)
    {
        var id = saga.CorrelationId;
        if (ClosingCensus.Read(ring, id, saga.Census, saga.CensusSeal) is null)
            saga.Census = null;
        if (ClosingSummary.Read(ring, id, saga.Summary, saga.SummarySeal) is null)
            saga.Summary = null;
        if (!RotationSeals.IsSound(ring, Facts(saga)))
            return message is CancelRotation && MayCancel(saga, message);
        return !HandledControls.Is(message) || Hears(saga, message);
    }

    // Heard where it ends in Cancelled and nowhere else: the row is sealed again after any message that is heard, and what
    // somebody wrote into it would be believed. Cancelled, it says what was written there, and nobody acts on that any more.
    private bool MayCancel(Rotation saga, object message)
    {
        if (!saga.LeadsToCancelled())
            return false;
        saga.Steerings = [];
        return Hears(saga, message);
    }

    // Noted with the row that it changes; where it changes nothing, too, so that it can't be kept for later.
    private bool Hears(Rotation saga, object message)
    {
        if (
            HandledControls.Asked(message) is not { } asked
            || HandledControls.Add(saga.Steerings, asked) is not { } heard
        )
        {
            MeshLog.ControlledBefore(log, saga.CorrelationId, message.GetType().Name);
            return false;
        }

        saga.Steerings = heard;
        return true;
    }

    private static RunningRotation Facts(Rotation saga) =>
        new()
        {
            RotationId = saga.CorrelationId,
            RequestedBy = saga.RequestedBy,
            Embedded = saga.Embedded,
            Scopes = saga.Scopes,
            Tenants = saga.Tenants,
            TargetVersion = saga.TargetVersion,
            TargetFingerprint = saga.TargetFingerprint,
            MapHash = saga.MapHash,
            BatchSize = saga.BatchSize,
            AllowDowngrade = saga.AllowDowngrade,
            Verify = saga.Verify,
            PauseWorkers = saga.PauseWorkers,
            IgnoredGates = saga.IgnoredGates,
            SnapshotTakenAt = saga.SnapshotTakenAt,
            State = saga.State,
            PausedIn = saga.PausedIn,
            GateLostIn = saga.GateLostIn,
            Sweep = saga.Sweep,
            SettledSweep = saga.SettledSweep,
            VerifiedSweep = saga.VerifiedSweep,
            IdleSweeps = saga.IdleSweeps,
            BreakerOff = saga.BreakerOff,
            Concluded = saga.Concluded,
            Steerings = saga.Steerings,
            Seal = saga.Seal,
        };
}
