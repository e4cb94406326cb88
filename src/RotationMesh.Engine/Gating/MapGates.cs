using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.Kubernetes;
using RotationMesh.Tables;
using RotationMesh.Tables.Sessions;

namespace RotationMesh.Engine.Gating;

/// <summary>Makes the gates of a map, of every kind.</summary>
public static class MapGates
{
    /// <summary>Returns the gates; none has been checked yet.</summary>
    public static GateSet Of(
        RotationMap map,
        ApplicationDatabases databases,
        Func<KeyRing> ring,
        ControlDatabase control
    ) =>
        GateSet.Of(
            map,
            [
                new GateKinds(TimeProvider.System),
                new SessionGates(map, databases),
                new DeploymentGates(),
                new KeysGates(map, ring, control),
            ],
            TimeProvider.System
        );
}
