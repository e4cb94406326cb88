using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Saga;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Seals rotations by the key ring. One with a broken seal can only be cancelled, if not over.</summary>
internal sealed class RotationSeal(KeyRing ring, ILogger<RotationSeal> log)
{
    /// <summary>Called before the rotation is written.</summary>
    public void Seal(Rotation saga) => saga.Seal = RotationSeals.SealOf(ring, Facts(saga));

    /// <summary>
    /// Called when the rotation is loaded for a message. Where it is false, the message finds no rotation. Census and totals
    /// are sealed apart, as they are written apart; unsealed, they are missing.
    /// </summary>
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

    // Accepted only where the rotation ends in Cancelled: the row is sealed again after any accepted message, so forged
    // values in it would be believed. A cancelled row keeps them, but nothing acts on them any more.
    private bool MayCancel(Rotation saga, object message)
    {
        if (!saga.LeadsToCancelled())
            return false;
        saga.Steerings = [];
        return Hears(saga, message);
    }

    // Recorded with the row even if it changes nothing else, so that the request can't be replayed later.
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
