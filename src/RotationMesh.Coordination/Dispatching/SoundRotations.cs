using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Lists the running rotations, except those that no saga of this key ring wrote: nothing is sent for these, and their
/// reason tells the operator why.
/// </summary>
internal sealed class SoundRotations(
    ControlDatabase control,
    KeyRing ring,
    CoordinatorOptions options,
    ILogger<SoundRotations> log
)
{
    private readonly RunningRotations rotations = new(control);

    /// <summary>Called several times a second, so an excluded rotation is noted only once.</summary>
    public async Task<IReadOnlyList<RunningRotation>> ListAsync(CancellationToken cancellationToken)
    {
        var running = await rotations.ListAsync(options.Only, cancellationToken);
        var sound = running.Where(rotation => RotationSeals.IsSound(ring, rotation)).ToList();
        if (sound.Count < running.Count)
            await NoteAsync(running.Except(sound), cancellationToken);
        return sound;
    }

    private async Task NoteAsync(IEnumerable<RunningRotation> unsound, CancellationToken cancellationToken)
    {
        foreach (var rotation in unsound.Where(one => one.Reason != RotationSeals.Fault))
            if (await rotations.NoteAsync(rotation.RotationId, RotationSeals.Fault, cancellationToken))
                MeshLog.LeftAlone(log, rotation.RotationId, RotationSeals.Fault);
    }
}
