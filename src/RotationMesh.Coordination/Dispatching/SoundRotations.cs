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
    /// <summary>Ended rotations that are told of: more would be as many series of metrics.</summary>
    private const int MostEnded = 100;

    private readonly RunningRotations rotations = new(control);

    /// <summary>Called several times a second, so an excluded rotation is noted only once.</summary>
    public async Task<IReadOnlyList<RunningRotation>> ListAsync(CancellationToken cancellationToken) =>
        (await DivideAsync(cancellationToken)).Sound;

    /// <summary>The same, and those that are excluded.</summary>
    public async Task<(
        IReadOnlyList<RunningRotation> Sound,
        IReadOnlyList<RunningRotation> Unsound
    )> DivideAsync(CancellationToken cancellationToken)
    {
        var running = await rotations.ListAsync(options.Only, cancellationToken);
        var sound = running.Where(rotation => RotationSeals.IsSound(ring, rotation)).ToList();
        if (sound.Count == running.Count)
            return (sound, []);
        List<RunningRotation> unsound = [.. running.Except(sound)];
        await NoteAsync(unsound, cancellationToken);
        return (sound, unsound);
    }

    /// <summary>The rotations that ended within the last day, as they may be told.</summary>
    public async Task<IReadOnlyList<RunningRotation>> EndedAsync(CancellationToken cancellationToken) =>
        [
            .. (await rotations.EndedAsync(options.Only, MostEnded, cancellationToken)).Select(rotation =>
                TrustedRecords.Shown(rotation, TrustedRecords.Judge(rotation, ring))
            ),
        ];

    private async Task NoteAsync(IEnumerable<RunningRotation> unsound, CancellationToken cancellationToken)
    {
        foreach (var rotation in unsound.Where(one => one.Reason != RotationSeals.Fault))
            if (await rotations.NoteAsync(rotation.RotationId, RotationSeals.Fault, cancellationToken))
                MeshLog.LeftAlone(log, rotation.RotationId, RotationSeals.Fault);
    }
}
