using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>Says of rotations to a version that is out of service that nothing of them is sent to workers.</summary>
internal sealed class RetiredTargets(IBus bus, ControlDatabase control)
{
    /// <summary>Called now and then with the rotations that would be dispatched.</summary>
    public async Task TellAsync(IEnumerable<RunningRotation> open, CancellationToken cancellationToken)
    {
        var retired = (await new RetiredKeyStore(control).ListAsync(cancellationToken))
            .Select(key => key.Version)
            .ToHashSet();
        foreach (var rotation in open.Where(rotation => retired.Contains(rotation.TargetVersion)))
            await bus.PublishAsync(
                new RotationHeldUp(
                    rotation.RotationId,
                    $"key version {rotation.TargetVersion} is retired: {Reasons.VersionRetired}; cancel the rotation"
                ),
                cancellationToken
            );
    }
}
