using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Retiring;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>Reports rotations whose target version or key is retired: nothing of them is sent to workers.</summary>
internal sealed class RetiredTargets(IBus bus, ControlDatabase control)
{
    /// <summary>Publishes a stall for each such rotation; called at an interval for rotations in dispatch.</summary>
    public async Task TellAsync(IEnumerable<RunningRotation> open, CancellationToken cancellationToken)
    {
        var retired = await new RetiredKeyStore(control).ListAsync(cancellationToken);
        foreach (var rotation in open)
            if (Explain(retired, rotation) is { } fault)
                await bus.PublishAsync(
                    new RotationStalled(
                        rotation.RotationId,
                        $"{fault}: {Reasons.VersionRetired}; cancel the rotation"
                    ),
                    cancellationToken
                );
    }

    private static string? Explain(IReadOnlyList<RetiredKey> retired, RunningRotation rotation) =>
        retired.Any(key => key.Version == rotation.TargetVersion)
            ? $"key version {rotation.TargetVersion} is retired"
            : RetiredTarget.ExplainReturn(retired, rotation.TargetVersion, rotation.TargetFingerprint);
}
