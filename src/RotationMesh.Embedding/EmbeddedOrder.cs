using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;

namespace RotationMesh.Embedding;

/// <summary>Puts the request of a process that runs its own rotation into the terms of saga and control database.</summary>
internal static class EmbeddedOrder
{
    /// <summary>
    /// Returns the rotation that a request asks for, under an id of its own. Throws <see cref="UsageException"/> where the key
    /// ring lacks its target version.
    /// </summary>
    public static RunningRotation Wanted(MeshParts parts, RotationRequest request)
    {
        var version = request.Settings.Target.Version;
        if (!parts.Ring.TryGet(version, out var key))
            throw new UsageException($"the key ring has no key of version {version}");
        return new RunningRotation
        {
            RotationId = Guid.CreateVersion7(),
            Scopes = [.. request.Scopes.Select(scope => scope.Name)],
            Tenants = request.Tenants is { Count: > 0 } tenants ? [.. tenants] : null,
            TargetVersion = version,
            TargetFingerprint = key.Fingerprint,
            MapHash = MapHash.Of(parts.Map),
            BatchSize = request.Settings.BatchSize,
            AllowDowngrade = request.Settings.Target.AllowDowngrade,
            Verify = request.Verify,
            RequestedBy = request.RequestedBy,
        };
    }

    /// <summary>Returns the goal of a rotation.</summary>
    public static RotationGoal Goal(RunningRotation rotation) =>
        new()
        {
            Scopes = rotation.Scopes,
            Tenants = rotation.Tenants ?? [],
            TargetVersion = rotation.TargetVersion,
            AllowDowngrade = rotation.AllowDowngrade,
            MapHash = rotation.MapHash,
            TargetFingerprint = rotation.TargetFingerprint,
        };

    /// <summary>Returns the message that starts a rotation.</summary>
    public static StartRotation Start(RunningRotation rotation, GateTerms gates) =>
        new()
        {
            RotationId = rotation.RotationId,
            Scopes = rotation.Scopes,
            Tenants = rotation.Tenants ?? [],
            TargetVersion = rotation.TargetVersion,
            TargetFingerprint = rotation.TargetFingerprint,
            MapHash = rotation.MapHash,
            BatchSize = rotation.BatchSize,
            AllowDowngrade = rotation.AllowDowngrade,
            Verify = rotation.Verify,
            Embedded = true,
            PauseWorkers = gates.PauseWorkers,
            IgnoredGates =
            [
                .. gates.Ignored.Select(gate => new Contracts.IgnoredGate(gate.Gate, gate.Reason)),
            ],
            SnapshotTakenAt = gates.SnapshotTakenAt,
            RequestedBy = rotation.RequestedBy ?? Environment.UserName,
        };
}
